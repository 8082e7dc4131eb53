/* read-mostly.h: requests that read inherited data and keep nothing.
 *
 * After PyTorch's "copy on read": the workers of a DataLoader inherit a list of
 * many small records, the annotations of a data set, and only read it; yet
 * their memory grows until each has a copy (PyTorch issue 13246, and the study
 * "Demystify RAM Usage in Multi-Process Data Loaders").  It stresses whatever
 * reading writes: counts of references.
 *
 * At scale 1000 the template has a list of 200 000 records.  Record i, counted
 * from 0, is a list of `fields` values.  Field f of it, where n = i * fields +
 * f, is
 *   f even  a string of `string-bytes` bytes, all of them 'a' + n mod 26
 *   f odd   the integer n
 * each an object of its own.  A request reads `batch` records one after the
 * other, each field in turn.  The j-th record is, with R records in the list,
 *   random      number r mod R, where r is the request's next random number
 *   sequential  number (batch * request + j) mod R
 * and the reply is mix(total), where total is the sum modulo 2^64 of all
 * integers read and, for each string, of its length plus its last byte.  The
 * checksum starts as 0 and becomes mix(checksum ^ v) for each field of each
 * record in order, v being the integer, or length * 256 + the last byte.
 *
 * Nothing is allocated and nothing stored: the application's own writes to
 * inherited objects are none, and the template does not depend on the seed. */
#ifndef WORKLOADS_READ_MOSTLY_H
#define WORKLOADS_READ_MOSTLY_H

#include "workloads/long-list.h"
#include "workloads/scale.h"
#include "workloads/values.h"
#include "workloads/workload.h"

enum { READ_MOSTLY_RANDOM, READ_MOSTLY_SEQUENTIAL };
enum {
    READ_MOSTLY_LIST,
    READ_MOSTLY_RECORD,
    READ_MOSTLY_STRING,
    READ_MOSTLY_INTEGER
};

#define READ_MOSTLY_RECORDS 200000 /* at scale 1000 */

static int64_t read_mostly_scale = SCALE_DEFAULT;
static int64_t read_mostly_fields = 6;
static int64_t read_mostly_string_bytes = 24;
static int64_t read_mostly_lists = LIST_INLINE;
static int64_t read_mostly_batch = 64;
static int64_t read_mostly_order = READ_MOSTLY_RANDOM;

static const struct parameter read_mostly_parameters[] = {
    SCALE_PARAMETER(&read_mostly_scale, "200 000 records", "51"),
    {"fields", &read_mostly_fields, 1, 1000, NULL, "fields",
     "values in a record: strings and integers in turn"},
    {"string-bytes", &read_mostly_string_bytes, 1, 65536, NULL, "bytes",
     "length of every string"},
    {"lists", &read_mostly_lists, 0, 1, "inline|split", NULL,
     "a list's items, a record's fields, too, in its own object, or in a "
     "buffer beside it"},
    {"batch", &read_mostly_batch, 1, 10000000, NULL, "records",
     "records that a request reads"},
    {"order", &read_mostly_order, 0, 1, "random|sequential", NULL,
     "which records are read: random ones, or those behind the last "
     "request's"},
};

static struct root read_mostly_root[1]; /* the list */
static struct frame read_mostly_frame;
static uint64_t read_mostly_count; /* of records */

static ref read_mostly_field_new(uint64_t n, bool is_string)
{
    return is_string
               ? string_of(READ_MOSTLY_STRING, (size_t)read_mostly_string_bytes,
                           (unsigned char)('a' + n % 26))
               : integer_new(READ_MOSTLY_INTEGER, n);
}

static ref read_mostly_record_new(enum list_shape shape, uint64_t i)
{
    size_t fields = (size_t)read_mostly_fields;
    FRAME(local, 1);
    root_store(&local[0], list_new(shape, READ_MOSTLY_RECORD, fields));
    for (size_t f = 0; f < fields; f++) {
        ref field = read_mostly_field_new(i * fields + f, f % 2 == 0);
        list_store(shape, root_load(local[0]), f, field);
    }
    ref result = root_take(&local[0]);
    FRAME_END(local);
    return result;
}

static void read_mostly_load(struct random *random)
{
    (void)random;
    enum list_shape shape = (enum list_shape)read_mostly_lists;
    read_mostly_count = scaled(READ_MOSTLY_RECORDS, read_mostly_scale);
    frame_push(&read_mostly_frame, read_mostly_root, LENGTH(read_mostly_root));
    root_store(&read_mostly_root[0],
               long_list_new(shape, READ_MOSTLY_LIST, read_mostly_count));
    for (uint64_t i = 0; i < read_mostly_count; i++) {
        ref record = read_mostly_record_new(shape, i);
        long_list_store(shape, root_load(read_mostly_root[0]), i, record);
    }
}

static inline uint64_t read_mostly_last_byte(ref string)
{
    return string_byte(string, string_length(string) - 1);
}

/* Reads a record as an interpreter does, which holds what it looks at. */
static inline __attribute__((always_inline)) uint64_t
read_mostly_read(enum list_shape shape, ref record)
{
    uint64_t total = 0;
    size_t fields = (size_t)read_mostly_fields;
    retain(record);
    for (size_t f = 0; f < fields; f++) {
        ref field = list_load(shape, record, f);
        retain(field);
        total += f % 2 == 0
                     ? string_length(field) + read_mostly_last_byte(field)
                     : integer_value(field);
        release(field);
    }
    release(record);
    return total;
}

static inline __attribute__((always_inline)) uint64_t
read_mostly_request_in(enum list_shape shape, uint64_t number,
                       struct random *random)
{
    uint64_t total = 0;
    uint64_t batch = (uint64_t)read_mostly_batch;
    for (uint64_t j = 0; j < batch; j++) {
        uint64_t i = read_mostly_order == READ_MOSTLY_RANDOM
                         ? random_next(random)
                         : batch * number + j;
        total += read_mostly_read(
            shape, long_list_load(shape, root_load(read_mostly_root[0]),
                                  i % read_mostly_count));
    }
    return mix(total);
}

static uint64_t read_mostly_request(uint64_t number, struct random *random)
{
    return read_mostly_lists == LIST_SPLIT
               ? read_mostly_request_in(LIST_SPLIT, number, random)
               : read_mostly_request_in(LIST_INLINE, number, random);
}

static uint64_t read_mostly_check(void)
{
    enum list_shape shape = (enum list_shape)read_mostly_lists;
    uint64_t sum = 0;
    for (uint64_t i = 0; i < read_mostly_count; i++) {
        ref record = long_list_load(shape, root_load(read_mostly_root[0]), i);
        for (size_t f = 0; f < (size_t)read_mostly_fields; f++) {
            ref field = list_load(shape, record, f);
            sum = mix(sum ^ (f % 2 == 0 ? string_length(field) * 256 +
                                              read_mostly_last_byte(field)
                                        : integer_value(field)));
        }
    }
    return sum;
}

static const struct workload read_mostly = {
    .name = "read-mostly",
    .about = "PyTorch's copy on read: records of an inherited list are read",
    .parameters = read_mostly_parameters,
    .parameter_count = LENGTH(read_mostly_parameters),
    .load = read_mostly_load,
    .request = read_mostly_request,
    .check = read_mostly_check,
};

#endif
