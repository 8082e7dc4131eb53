/* uniform.h: objects of one size in a tree of a given total size.
 *
 * The bench on which placements are weighed: every page of the heap is full of
 * equal objects, all live.  Object k (counted from 1) has the children 2k and
 * 2k + 1, so any object is found from the root along the bits of its number;
 * a third reference, the link, is free to be written.  A request reads,
 * allocates and writes given shares of the number of objects.  With `drop`,
 * objects that are dropped when all is built lie between those that stay, so
 * that a collection leaves holes in the template.
 *
 * The application's own writes to inherited objects are those that `write`
 * asks for: a payload word, or the link. */
#ifndef WORKLOADS_UNIFORM_H
#define WORKLOADS_UNIFORM_H

#include "workloads/vocabulary.h"
#include "workloads/workload.h"

enum { UNIFORM_PAYLOAD, UNIFORM_REFERENCE };
enum { UNIFORM_LEFT, UNIFORM_RIGHT, UNIFORM_LINK, UNIFORM_REFERENCES };

static int64_t uniform_object_bytes = 64;
static int64_t uniform_heap_bytes = INT64_C(64) << 20;
static int64_t uniform_read = 1000;
static int64_t uniform_allocate = 1000;
static int64_t uniform_write = 0;
static int64_t uniform_writes = UNIFORM_PAYLOAD;
static int64_t uniform_drop = 0;

static const struct parameter uniform_parameters[] = {
    {"object-bytes", &uniform_object_bytes, 48, 65536, NULL, "bytes",
     "size of every object, header included"},
    {"heap-bytes", &uniform_heap_bytes, 4096, INT64_C(1) << 38, NULL, "bytes",
     "total size of the objects built in the template"},
    {"read", &uniform_read, 0, 1000000, NULL, "ppm",
     "objects that a request reads, as a share of all"},
    {"allocate", &uniform_allocate, 0, 1000000, NULL, "ppm",
     "objects that a request allocates and drops at its end, as a share of "
     "all"},
    {"write", &uniform_write, 0, 1000000, NULL, "ppm",
     "objects that a request writes, as a share of all"},
    {"writes", &uniform_writes, 0, 1, "payload|reference", NULL,
     "what is written: a payload word, or the link to another object"},
    {"drop", &uniform_drop, 0, 900000, NULL, "ppm",
     "objects that are dropped when all is built, beside those that stay, as "
     "a share of both"},
};

/* The tree, and while it is built the chain of those that will be dropped. */
static ref uniform_root[2];
static struct frame uniform_frame;

static inline uint64_t uniform_count(void)
{
    return (uint64_t)(uniform_heap_bytes / uniform_object_bytes);
}

static inline struct shape uniform_shape(void)
{
    return (struct shape){0, UNIFORM_REFERENCES,
                          (uint32_t)((size_t)uniform_object_bytes -
                                     HEADER_BYTES -
                                     UNIFORM_REFERENCES * sizeof(ref))};
}

static ref uniform_object_new(uint64_t value)
{
    struct shape shape = uniform_shape();
    ref object = object_new(shape);
    raw_fill(object, shape, 0, 0, shape.raw_bytes);
    raw_store_word(object, shape, 0, value);
    return object;
}

/* As many as chance wills between two that stay. */
static void uniform_chain_dropped(struct random *random)
{
    while (uniform_drop > 0 &&
           random_next(random) % 1000000 < (uint64_t)uniform_drop) {
        ref object = uniform_object_new(0);
        ref_init(object, UNIFORM_LINK, uniform_root[1]);
        uniform_root[1] = object;
    }
}

/* The subtree of object k; the depth of the recursion is the tree's height. */
static ref uniform_subtree_new(uint64_t k, struct random *random)
{
    FRAME(local, 1);
    uniform_chain_dropped(random);
    local[0] = uniform_object_new(k);
    for (size_t side = 0; side < 2; side++) {
        if (2 * k + side <= uniform_count()) {
            ref child = uniform_subtree_new(2 * k + side, random);
            ref_store(local[0], side, child);
        }
    }
    FRAME_END(local);
    return local[0];
}

static void uniform_load(struct random *random)
{
    frame_push(&uniform_frame, uniform_root, 2);
    uniform_root[0] = uniform_subtree_new(1, random);
    uniform_root[1] = REF_NULL;
}

static inline ref uniform_pick(struct random *random)
{
    uint64_t k = 1 + random_next(random) % uniform_count();
    ref object = uniform_root[0];
    for (int bit = 62 - __builtin_clzl(k); bit >= 0; bit--) {
        object = ref_load(object, k >> bit & 1);
    }
    return object;
}

static inline uint64_t uniform_share(int64_t ppm)
{
    return uniform_count() * (uint64_t)ppm / 1000000;
}

static uint64_t uniform_request(uint64_t number, struct random *random)
{
    struct shape shape = uniform_shape();
    uint64_t total = number;
    for (uint64_t i = uniform_share(uniform_read); i > 0; i--) {
        ref object = uniform_pick(random);
        retain(object);
        total += raw_load_word(object, shape, 0);
        release(object);
    }
    FRAME(local, 1);
    for (uint64_t i = uniform_share(uniform_allocate); i > 0; i--) {
        ref object = uniform_object_new(i);
        ref_init(object, UNIFORM_LINK, local[0]);
        local[0] = object;
    }
    FRAME_END(local);
    for (uint64_t i = uniform_share(uniform_write); i > 0; i--) {
        ref object = uniform_pick(random);
        if (uniform_writes == UNIFORM_PAYLOAD) {
            raw_store_word(object, shape, 0, random_next(random));
        } else {
            ref_store(object, UNIFORM_LINK, uniform_pick(random));
        }
    }
    return mix(total);
}

static uint64_t uniform_check_subtree(ref object, uint64_t sum)
{
    struct shape shape = uniform_shape();
    ref link = ref_load(object, UNIFORM_LINK);
    sum = mix(sum ^ raw_load_word(object, shape, 0));
    if (!ref_is_null(link)) {
        sum = mix(sum ^ raw_load_word(link, shape, 0));
    }
    for (size_t side = 0; side < 2; side++) {
        ref child = ref_load(object, side);
        if (!ref_is_null(child)) {
            sum = uniform_check_subtree(child, sum);
        }
    }
    return sum;
}

static uint64_t uniform_check(void)
{
    return uniform_check_subtree(uniform_root[0], 0);
}

static const struct workload uniform = {
    .name = "uniform",
    .about = "a tree of equal objects; requests read, allocate and write "
             "shares of it",
    .parameters = uniform_parameters,
    .parameter_count = LENGTH(uniform_parameters),
    .load = uniform_load,
    .request = uniform_request,
    .check = uniform_check,
};

#endif
