/* fragmented.h: a template whose heap was half freed before the fork.
 *
 * After the templates of long-lived servers, which load, throw away what was
 * needed for loading, and are forked: what is left lies among holes.  Objects
 * of mixed sizes are built in a row, the logarithms of their sizes evenly
 * spread, and then a share `freed` of them is dropped at random, each for
 * itself or in clusters of so many that were built one after the other. Whether
 * that is collected before the fork is up to the experiment (`prepare`).  A
 * request of type
 *   read  reads random objects of those that stayed
 *   drop  allocates objects and drops them at its end
 *   keep  allocates objects that the worker keeps for good
 *
 * At scale 1000 the template has N = 200 000 objects before any is freed.  For
 * each of them three random numbers p, q and w are drawn, for each that a
 * request allocates, too.  With `least-bytes` l, `greatest-bytes` g, and o the
 * least number above 0 for which l * 2^o is not below g, its size is the lesser
 * one of g and f + q mod f, where f is l * 2^(p mod o); w is its word.  Then
 * each cluster, in order, takes a random number r, and is dropped if r mod 1000
 * is below `freed`.
 *
 * A request draws one random number for its type, by weights (request-mix.h).
 * To read draws `objects` times a number r and adds to the total the word of
 * object r mod N, or 1 if that was dropped.  Else the total is the word of the
 * object allocated last, and 0 where none ever was.  The reply is mix(total ^
 * number), modulo 2^64, with the request's number, from 0 in each worker.  The
 * checksum starts as 0 and becomes mix(checksum ^ v) with each object in order,
 * v being its word, or its number from 0 if it was dropped, and then with the
 * words of those that the worker keeps, the newest one first.
 *
 * It stresses holes: whether workers allocate into those they inherit, and what
 * compaction before the fork, or no collection at all, makes of them.  The
 * application's own writes to inherited objects are none. */
#ifndef WORKLOADS_FRAGMENTED_H
#define WORKLOADS_FRAGMENTED_H

#include "workloads/long-list.h"
#include "workloads/request-mix.h"
#include "workloads/scale.h"
#include "workloads/workload.h"

enum { FRAGMENTED_READ, FRAGMENTED_DROP, FRAGMENTED_KEEP, FRAGMENTED_TYPES };
enum { FRAGMENTED_OBJECT, FRAGMENTED_LIST };

#define FRAGMENTED_OBJECTS 200000 /* at scale 1000, before any is freed */

static int64_t fragmented_scale = SCALE_DEFAULT;
static int64_t fragmented_least_bytes = 32;
static int64_t fragmented_greatest_bytes = 1024;
static int64_t fragmented_freed = 500;
static int64_t fragmented_cluster = 1;
static int64_t fragmented_weights[] = {10, 60, 30};
static int64_t fragmented_objects = 100;

static const struct parameter fragmented_parameters[] = {
    SCALE_PARAMETER(&fragmented_scale, "200 000 objects before any is freed",
                    "64"),
    {"least-bytes", &fragmented_least_bytes, 32, 65536, NULL, "bytes",
     "size of the smallest objects, header included"},
    {"greatest-bytes", &fragmented_greatest_bytes, 32, 65536, NULL, "bytes",
     "size of the greatest ones"},
    {"freed", &fragmented_freed, 0, 1000, NULL, "permille",
     "objects that are dropped when all are built, as a share of all"},
    {"cluster", &fragmented_cluster, 1, 100000000, NULL, "objects",
     "objects in a row of which all are dropped or none; with 1 they are "
     "scattered"},
    WEIGHT_PARAMETER("read", &fragmented_weights[FRAGMENTED_READ]),
    WEIGHT_PARAMETER("drop", &fragmented_weights[FRAGMENTED_DROP]),
    WEIGHT_PARAMETER("keep", &fragmented_weights[FRAGMENTED_KEEP]),
    {"objects", &fragmented_objects, 0, 1000000000, NULL, "objects",
     "objects that a request reads or allocates"},
};

/* All objects that were built, null where one was dropped; the last one that a
 * worker kept. */
enum { FRAGMENTED_ALL, FRAGMENTED_KEPT, FRAGMENTED_ROOTS };
static struct root fragmented_roots[FRAGMENTED_ROOTS];
static struct frame fragmented_frame;
static uint64_t fragmented_count; /* of objects built */

/* An object has a reference to the one kept before it, and a word. */
static inline struct shape fragmented_shape(size_t bytes)
{
    return (struct shape){FRAGMENTED_OBJECT, 1,
                          (uint32_t)(bytes - HEADER_BYTES - sizeof(ref))};
}

static inline uint64_t fragmented_word(ref object)
{
    retain(object);
    uint64_t word = raw_load_word(object, fragmented_shape(32), 0);
    release(object);
    return word;
}

/* A size: each octave between the least and the greatest is as likely. */
static size_t fragmented_size(struct random *random)
{
    uint64_t least = (uint64_t)fragmented_least_bytes;
    uint64_t greatest = (uint64_t)fragmented_greatest_bytes;
    uint64_t octaves = 1;
    while (least << octaves < greatest) {
        octaves++;
    }
    uint64_t from = least << random_next(random) % octaves;
    uint64_t size = from + random_next(random) % from;
    return size < greatest ? size : greatest;
}

static ref fragmented_object_new(struct random *random)
{
    struct shape shape = fragmented_shape(fragmented_size(random));
    ref object = object_new(shape);
    raw_fill(object, shape, 0, 0, shape.raw_bytes);
    raw_store_word(object, shape, 0, random_next(random));
    return object;
}

static void fragmented_load(struct random *random)
{
    fragmented_count = scaled(FRAGMENTED_OBJECTS, fragmented_scale);
    frame_push(&fragmented_frame, fragmented_roots, FRAGMENTED_ROOTS);
    root_store(&fragmented_roots[FRAGMENTED_ALL],
               long_list_new(LIST_SPLIT, FRAGMENTED_LIST, fragmented_count));
    for (uint64_t k = 0; k < fragmented_count; k++) {
        ref object = fragmented_object_new(random);
        long_list_store(LIST_SPLIT, root_load(fragmented_roots[FRAGMENTED_ALL]),
                        k, object);
    }
    bool freed = false;
    for (uint64_t k = 0; k < fragmented_count; k++) {
        if (k % (uint64_t)fragmented_cluster == 0) {
            freed = random_next(random) % 1000 < (uint64_t)fragmented_freed;
        }
        if (freed) {
            long_list_store(LIST_SPLIT,
                            root_load(fragmented_roots[FRAGMENTED_ALL]), k,
                            REF_NULL);
        }
    }
}

static inline ref fragmented_get(uint64_t k)
{
    return long_list_load(LIST_SPLIT,
                          root_load(fragmented_roots[FRAGMENTED_ALL]), k);
}

static uint64_t fragmented_read_some(struct random *random)
{
    uint64_t total = 0;
    for (int64_t i = fragmented_objects; i > 0; i--) {
        ref object = fragmented_get(random_next(random) % fragmented_count);
        total += ref_is_null(object) ? 1 : fragmented_word(object);
    }
    return total;
}

/* Puts new objects before a chain. */
static uint64_t fragmented_chain(struct root *root, struct random *random)
{
    for (int64_t i = fragmented_objects; i > 0; i--) {
        ref object = fragmented_object_new(random);
        ref_init(object, 0, root_load(*root));
        root_store(root, object);
    }
    return ref_is_null(root_load(*root)) ? 0
                                         : fragmented_word(root_load(*root));
}

static const char *fragmented_wrong(void)
{
    return fragmented_least_bytes > fragmented_greatest_bytes
               ? "least-bytes is above greatest-bytes: no object can have such "
                 "a size; give a smaller or a greater one"
               : request_mix_wrong(fragmented_weights, FRAGMENTED_TYPES);
}

static uint64_t fragmented_request(uint64_t number, struct random *random)
{
    size_t type =
        request_mix_draw(fragmented_weights, FRAGMENTED_TYPES, random);
    uint64_t total;
    FRAME(local, 1);
    if (type == FRAGMENTED_READ) {
        total = fragmented_read_some(random);
    } else if (type == FRAGMENTED_DROP) {
        total = fragmented_chain(&local[0], random);
    } else {
        total = fragmented_chain(&fragmented_roots[FRAGMENTED_KEPT], random);
    }
    FRAME_END(local);
    return mix(total ^ number);
}

static uint64_t fragmented_check(void)
{
    uint64_t sum = 0;
    for (uint64_t k = 0; k < fragmented_count; k++) {
        ref object = fragmented_get(k);
        sum = mix(sum ^ (ref_is_null(object) ? k : fragmented_word(object)));
    }
    ref kept = root_load(fragmented_roots[FRAGMENTED_KEPT]);
    for (; !ref_is_null(kept); kept = ref_load(kept, 0)) {
        sum = mix(sum ^ fragmented_word(kept));
    }
    return sum;
}

static const struct workload fragmented = {
    .name = "fragmented",
    .about = "a template whose heap was half freed before the fork",
    .parameters = fragmented_parameters,
    .parameter_count = LENGTH(fragmented_parameters),
    .wrong = fragmented_wrong,
    .load = fragmented_load,
    .request = fragmented_request,
    .check = fragmented_check,
};

#endif
