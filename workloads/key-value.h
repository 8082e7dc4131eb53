/* key-value.h: a store of raw values, read and written 80 to 20.
 *
 * Modelled after Redis and Valkey, whose benchmarks of what a fork costs
 * (valkey-io/valkey pull request 905 and issue 4378, redis/redis pull request
 * 15260) put GET and SET at 80 to 20 on values of 500 and 2000 bytes: a table
 * of buckets, in each a chain of entries that have the key, and a raw value for
 * each.  A request is a pipeline of reads, or of writes, of keys that are drawn
 * each anew.  A write changes every byte of the value where it is (`in-place`;
 * SETRANGE), or stores a new value into the entry (`replace`; SET).
 *
 * At scale 1000 the template has n = 100 000 keys, the numbers from 0, inserted
 * in this order, each before the others of its bucket, number mix(key) mod the
 * least power of two above n.  The bytes of a value are all equal: key mod 256
 * at first.  A request draws one random number for its type, by weights
 * (request-mix.h), and then one for the key of each of its `pipeline`
 * operations: the upper 32 bits of it, over 2^32, are the fraction u.  With
 * u^skew, rounded down to 32 bits after each multiplication, the rank is n
 * u^skew, rounded down, and the key is rank * 2654435761 mod n.
 *
 * The total starts as the request's number, from 0 in each worker.  A read adds
 * the value's words of 8 bytes, as many as are whole; a write changes byte b to
 * b + 1 mod 256 and adds that.  The reply is mix(total modulo 2^64).  The
 * checksum starts as 0 and becomes mix(checksum ^ key ^ v) for each key in
 * order, v being what a read of it would add.
 *
 * It stresses nothing but the payload's pages: reading allocates nothing, and
 * writing in place neither.  The application's own writes to inherited objects
 * are the values, or the entries' references to them. */
#ifndef WORKLOADS_KEY_VALUE_H
#define WORKLOADS_KEY_VALUE_H

#include "workloads/long-list.h"
#include "workloads/request-mix.h"
#include "workloads/scale.h"
#include "workloads/workload.h"

enum { KEY_VALUE_READ, KEY_VALUE_WRITE, KEY_VALUE_TYPES };
enum { KEY_VALUE_IN_PLACE, KEY_VALUE_REPLACE };
enum { KEY_VALUE_ENTRY, KEY_VALUE_VALUE, KEY_VALUE_TABLE };

#define KEY_VALUE_KEYS 100000 /* at scale 1000 */

static int64_t key_value_scale = SCALE_DEFAULT;
static int64_t key_value_value_bytes = 512;
static int64_t key_value_weights[] = {80, 20};
static int64_t key_value_writes = KEY_VALUE_IN_PLACE;
static int64_t key_value_pipeline = 16;
static int64_t key_value_skew = 1;

static const struct parameter key_value_parameters[] = {
    SCALE_PARAMETER(&key_value_scale, "100 000 keys", "65"),
    {"value-bytes", &key_value_value_bytes, 8, 1 << 20, NULL, "bytes",
     "length of every value"},
    WEIGHT_PARAMETER("read", &key_value_weights[KEY_VALUE_READ]),
    WEIGHT_PARAMETER("write", &key_value_weights[KEY_VALUE_WRITE]),
    {"writes", &key_value_writes, 0, 1, "in-place|replace", NULL,
     "a write changes every byte of the value, or stores a new one in its "
     "place"},
    {"pipeline", &key_value_pipeline, 1, 1000000, NULL, "operations",
     "reads or writes in a request"},
    {"skew", &key_value_skew, 1, 64, NULL, NULL,
     "which keys: of n keys that of rank n u^skew, u uniform; with 1 all "
     "alike, with 8 three quarters of the operations go to a tenth"},
};

static struct root key_value_root[1]; /* the buckets */
static struct frame key_value_frame;
static uint64_t key_value_count;   /* of keys */
static uint64_t key_value_buckets; /* a power of two */

/* An entry has the next of its bucket, its value, and its key as a word. */
enum { KEY_VALUE_NEXT, KEY_VALUE_ITS_VALUE, KEY_VALUE_REFERENCES };
static const struct shape key_value_entry_shape = {
    KEY_VALUE_ENTRY, KEY_VALUE_REFERENCES, sizeof(uint64_t)};

static inline uint64_t key_value_bucket(uint64_t key)
{
    return mix(key) & (key_value_buckets - 1);
}

static inline struct shape key_value_shape(void)
{
    return (struct shape){KEY_VALUE_VALUE, 0, (uint32_t)key_value_value_bytes};
}

static ref key_value_value_new(unsigned char byte)
{
    ref value = object_new(key_value_shape());
    raw_fill(value, key_value_shape(), 0, byte, (size_t)key_value_value_bytes);
    return value;
}

static void key_value_insert(uint64_t key)
{
    FRAME(local, 1);
    root_store(&local[0], key_value_value_new((unsigned char)key));
    ref entry = object_new(key_value_entry_shape);
    raw_store_word(entry, key_value_entry_shape, 0, key);
    ref table = root_load(key_value_root[0]);
    uint64_t bucket = key_value_bucket(key);
    ref_init(entry, KEY_VALUE_NEXT, long_list_load(LIST_SPLIT, table, bucket));
    ref_init(entry, KEY_VALUE_ITS_VALUE, root_load(local[0]));
    long_list_store(LIST_SPLIT, table, bucket, entry);
    FRAME_END(local);
}

static void key_value_load(struct random *random)
{
    (void)random;
    key_value_count = scaled(KEY_VALUE_KEYS, key_value_scale);
    key_value_buckets = UINT64_C(1) << (64 - __builtin_clzl(key_value_count));
    frame_push(&key_value_frame, key_value_root, LENGTH(key_value_root));
    root_store(&key_value_root[0],
               long_list_new(LIST_SPLIT, KEY_VALUE_TABLE, key_value_buckets));
    for (uint64_t key = 0; key < key_value_count; key++) {
        key_value_insert(key);
    }
}

/* A key by its rank, which lies in memory among those of other ranks. */
static uint64_t key_value_pick(struct random *random)
{
    uint64_t uniform = random_next(random) >> 32;
    uint64_t power = uniform;
    for (int64_t i = 1; i < key_value_skew; i++) {
        power = power * uniform >> 32;
    }
    uint64_t rank = key_value_count * power >> 32;
    return rank * UINT64_C(2654435761) % key_value_count;
}

/* The entry of a key that there is; the caller releases it. */
static ref key_value_find(uint64_t key)
{
    ref entry = long_list_load(LIST_SPLIT, root_load(key_value_root[0]),
                               key_value_bucket(key));
    retain(entry);
    while (raw_load_word(entry, key_value_entry_shape, 0) != key) {
        ref next = ref_load(entry, KEY_VALUE_NEXT);
        retain(next);
        release(entry);
        entry = next;
    }
    return entry;
}

static inline unsigned char key_value_first(ref entry)
{
    ref value = ref_load(entry, KEY_VALUE_ITS_VALUE);
    retain(value);
    unsigned char byte = raw_load_byte(value, key_value_shape(), 0);
    release(value);
    return byte;
}

static uint64_t key_value_sum(ref value)
{
    uint64_t sum = 0;
    retain(value);
    for (size_t i = 0; i < (size_t)key_value_value_bytes / 8; i++) {
        sum += raw_load_word(value, key_value_shape(), i);
    }
    release(value);
    return sum;
}

static uint64_t key_value_get(uint64_t key)
{
    ref entry = key_value_find(key);
    uint64_t sum = key_value_sum(ref_load(entry, KEY_VALUE_ITS_VALUE));
    release(entry);
    return sum;
}

/* Changes every byte of an entry's value, where it is. */
static void key_value_change(ref entry, unsigned char byte)
{
    ref value = ref_load(entry, KEY_VALUE_ITS_VALUE);
    retain(value);
    raw_fill(value, key_value_shape(), 0, byte, (size_t)key_value_value_bytes);
    release(value);
}

static uint64_t key_value_set(uint64_t key)
{
    FRAME(local, 1);
    root_store(&local[0], key_value_find(key));
    release(root_load(local[0]));
    unsigned char byte =
        (unsigned char)(key_value_first(root_load(local[0])) + 1);
    if (key_value_writes == KEY_VALUE_IN_PLACE) {
        key_value_change(root_load(local[0]), byte);
    } else {
        ref value = key_value_value_new(byte);
        ref_store(root_load(local[0]), KEY_VALUE_ITS_VALUE, value);
    }
    FRAME_END(local);
    return byte;
}

static const char *key_value_wrong(void)
{
    return request_mix_wrong(key_value_weights, KEY_VALUE_TYPES);
}

static uint64_t key_value_request(uint64_t number, struct random *random)
{
    size_t type = request_mix_draw(key_value_weights, KEY_VALUE_TYPES, random);
    uint64_t total = number;
    for (int64_t i = 0; i < key_value_pipeline; i++) {
        uint64_t key = key_value_pick(random);
        total +=
            type == KEY_VALUE_READ ? key_value_get(key) : key_value_set(key);
    }
    return mix(total);
}

static uint64_t key_value_check(void)
{
    uint64_t sum = 0;
    for (uint64_t key = 0; key < key_value_count; key++) {
        sum = mix(sum ^ key ^ key_value_get(key));
    }
    return sum;
}

static const struct workload key_value = {
    .name = "key-value",
    .about = "a store of raw values, read and written 80 to 20",
    .parameters = key_value_parameters,
    .parameter_count = LENGTH(key_value_parameters),
    .wrong = key_value_wrong,
    .load = key_value_load,
    .request = key_value_request,
    .check = key_value_check,
};

#endif
