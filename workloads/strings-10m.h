/* strings-10m.h: brightbox's test: ten million small strings in an array, and
 * one collection.
 *
 * After "Ruby Garbage Collector CoW performance" (brightbox.com, 13 December
 * 2012): the script makes the array, forks one child, forces a collection and
 * measures the memory that both have for themselves: 84 % of it with marks in
 * headers, 1 % with a bitmap.  It stresses marking alone: there the collection
 * was the parent's, here it is a worker's (`collections-first`), which breaks
 * the same pages.
 *
 * String i, from 0 to n - 1, is `string-bytes` times the byte 97 + i mod 26, an
 * object of its own; item i of the array is string i.  `strings` and `scale`
 * say n at load.  The items lie in a buffer of their own, as in Ruby and
 * CPython. A string is laid out as Ruby 1.9's: 40 bytes, with flags (the
 * header), the class, the length, and up to 23 characters inside.
 *
 * A request reads the first byte of `reads` strings, each chosen by the next
 * random number modulo n, and replies
 *
 *     mix(sum of the bytes + (number << 32))     modulo 2^64
 *
 * with the request's number, from 0 in each worker.  Departs from the script:
 * it makes no requests; and the array has its length from the beginning, where
 * Ruby's grows.
 *
 * The application's own writes to inherited objects are none. */
#ifndef WORKLOADS_STRINGS_10M_H
#define WORKLOADS_STRINGS_10M_H

#include "workloads/scale.h"
#include "workloads/vocabulary.h"
#include "workloads/workload.h"

enum { STRINGS_10M_ARRAY, STRINGS_10M_STRING };

static int64_t strings_10m_scale = SCALE_DEFAULT;
static int64_t strings_10m_strings = 10000000;
static int64_t strings_10m_string_bytes = 8;
static int64_t strings_10m_reads = 100;

/* The raw bytes of a string: class, length, characters. */
#define STRINGS_10M_CHARACTERS 16
#define STRINGS_10M_MOST       23 /* characters, and a zero at their end */
#define STRINGS_10M_SHAPE                                                      \
    ((struct shape){STRINGS_10M_STRING, 0,                                     \
                    STRINGS_10M_CHARACTERS + STRINGS_10M_MOST + 1})

static const struct parameter strings_10m_parameters[] = {
    SCALE_PARAMETER(&strings_10m_scale, "as many strings as `strings` says",
                    "534"),
    {"strings", &strings_10m_strings, 1, 1000000000, NULL, "strings",
     "length of the array at scale 1000"},
    {"string-bytes", &strings_10m_string_bytes, 1, STRINGS_10M_MOST, NULL,
     "bytes", "length of every string"},
    {"reads", &strings_10m_reads, 0, 100000000, NULL, "strings",
     "strings that a request reads"},
};

static struct {
    uint64_t count; /* scaled */
} strings_10m_heap;

static struct root strings_10m_array[1];
static struct frame strings_10m_frame;

static ref strings_10m_string_new(uint64_t i)
{
    struct shape shape = STRINGS_10M_SHAPE;
    ref string = object_new(shape);
    raw_store_word(string, shape, 0, 0);
    raw_store_word(string, shape, 1, (uint64_t)strings_10m_string_bytes);
    raw_fill(string, shape, STRINGS_10M_CHARACTERS,
             (unsigned char)('a' + i % 26), (size_t)strings_10m_string_bytes);
    return string;
}

static inline uint64_t strings_10m_first_byte(ref string)
{
    return raw_load_byte(string, STRINGS_10M_SHAPE, STRINGS_10M_CHARACTERS);
}

static void strings_10m_load(struct random *random)
{
    (void)random;
    frame_push(&strings_10m_frame, strings_10m_array, 1);
    strings_10m_heap.count =
        scaled((uint64_t)strings_10m_strings, strings_10m_scale);
    root_store(&strings_10m_array[0],
               object_new_buffered(STRINGS_10M_ARRAY, strings_10m_heap.count));
    for (size_t i = 0; i < strings_10m_heap.count; i++) {
        ref string = strings_10m_string_new(i);
        item_store(root_load(strings_10m_array[0]), i, string);
    }
}

static uint64_t strings_10m_request(uint64_t number, struct random *random)
{
    ref array = root_load(strings_10m_array[0]);
    uint64_t sum = 0;
    retain(array);
    for (int64_t i = 0; i < strings_10m_reads; i++) {
        ref string =
            item_load(array, random_next(random) % strings_10m_heap.count);
        retain(string);
        sum += strings_10m_first_byte(string);
        release(string);
    }
    release(array);
    return mix(sum + (number << 32));
}

static uint64_t strings_10m_check(void)
{
    ref array = root_load(strings_10m_array[0]);
    uint64_t sum = 0;
    for (size_t i = 0; i < strings_10m_heap.count; i++) {
        ref string = item_load(array, i);
        sum = mix(sum ^ (strings_10m_first_byte(string) +
                         256 * raw_load_word(string, STRINGS_10M_SHAPE, 1)));
    }
    return sum;
}

static const struct workload strings_10m = {
    .name = "strings-10m",
    .about = "brightbox's: ten million strings in an array, to be marked",
    .parameters = strings_10m_parameters,
    .parameter_count = LENGTH(strings_10m_parameters),
    .load = strings_10m_load,
    .request = strings_10m_request,
    .check = strings_10m_check,
};

#endif
