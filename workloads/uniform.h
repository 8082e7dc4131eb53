/* uniform.h: objects of one size in a tree of a given total size.
 *
 * The bench on which placements are weighed: every page of the heap is full of
 * equal objects, all live.  Object k (counted from 1) has the children 2k and
 * 2k + 1, so any object is found from the root along the bits of its number;
 * a third reference, the link, is free to be written.  A request reads,
 * allocates, keeps and writes given shares of the number of objects.  With
 * `drop`, objects that are dropped when all is built lie between those that
 * stay, so that a collection leaves holes in the template.
 *
 * The application's own writes to inherited objects are those that `write`
 * asks for: a payload word, or the link. */
#ifndef WORKLOADS_UNIFORM_H
#define WORKLOADS_UNIFORM_H

#include "workloads/vocabulary.h"
#include "workloads/workload.h"

enum { UNIFORM_RANDOM, UNIFORM_EACH };
enum { UNIFORM_PAYLOAD, UNIFORM_REFERENCE, UNIFORM_YOUNG };
enum { UNIFORM_CHAIN, UNIFORM_RING };
enum { UNIFORM_LEFT, UNIFORM_RIGHT, UNIFORM_LINK, UNIFORM_REFERENCES };

static int64_t uniform_object_bytes = 64;
static int64_t uniform_heap_bytes = INT64_C(64) << 20;
static int64_t uniform_read = 1000;
static int64_t uniform_reads = UNIFORM_RANDOM;
static int64_t uniform_allocate = 1000;
static int64_t uniform_keep = 0;
static int64_t uniform_write = 0;
static int64_t uniform_writes = UNIFORM_PAYLOAD;
static int64_t uniform_drop = 0;
static int64_t uniform_dropped = UNIFORM_CHAIN;

static const struct parameter uniform_parameters[] = {
    {"object-bytes", &uniform_object_bytes, 48, 65536, NULL, "bytes",
     "size of every object, header included"},
    {"heap-bytes", &uniform_heap_bytes, 4096, INT64_C(1) << 38, NULL, "bytes",
     "total size of the objects built in the template"},
    {"read", &uniform_read, 0, 1000000, NULL, "ppm",
     "objects that a request reads, as a share of all"},
    {"reads", &uniform_reads, 0, 1, "random|each", NULL,
     "which objects are read: random ones, some of them more than once, or "
     "each once, beginning at the root"},
    {"allocate", &uniform_allocate, 0, 1000000, NULL, "ppm",
     "objects that a request allocates and drops at its end, as a share of "
     "all"},
    {"keep", &uniform_keep, 0, 1000000, NULL, "ppm",
     "objects that a request allocates and keeps, as a share of all"},
    {"write", &uniform_write, 0, 1000000, NULL, "ppm",
     "objects that a request writes, as a share of all"},
    {"writes", &uniform_writes, 0, 2, "payload|reference|young", NULL,
     "what is written: a payload word, the link to another object, or the link "
     "to a new one"},
    {"drop", &uniform_drop, 0, 900000, NULL, "ppm",
     "objects that are dropped when all is built, beside those that stay, as "
     "a share of both"},
    {"dropped", &uniform_dropped, 0, 1, "chain|ring", NULL,
     "what is dropped hangs together: as a chain, that dies when nothing "
     "counts its head, or as a ring, that only a collection frees"},
};

/* The tree; while it is built the last and the first of those that will be
 * dropped; the last one that a request kept. */
enum {
    UNIFORM_TREE,
    UNIFORM_LAST_DROPPED,
    UNIFORM_FIRST_DROPPED,
    UNIFORM_KEPT
};

static struct root uniform_root[4];
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
        ref before = root_load(uniform_root[UNIFORM_LAST_DROPPED]);
        ref_init(object, UNIFORM_LINK, before);
        root_store(&uniform_root[UNIFORM_LAST_DROPPED], object);
        if (ref_is_null(before)) {
            root_store(&uniform_root[UNIFORM_FIRST_DROPPED], object);
        }
    }
}

/* The subtree of object k; the depth of the recursion is the tree's height. */
static ref uniform_subtree_new(uint64_t k, struct random *random)
{
    FRAME(local, 1);
    uniform_chain_dropped(random);
    root_store(&local[0], uniform_object_new(k));
    for (size_t side = 0; side < 2; side++) {
        if (2 * k + side <= uniform_count()) {
            ref child = uniform_subtree_new(2 * k + side, random);
            ref_store(root_load(local[0]), side, child);
        }
    }
    ref result = root_take(&local[0]);
    FRAME_END(local);
    return result;
}

static void uniform_load(struct random *random)
{
    frame_push(&uniform_frame, uniform_root, LENGTH(uniform_root));
    root_store(&uniform_root[UNIFORM_TREE], uniform_subtree_new(1, random));
    ref first = root_load(uniform_root[UNIFORM_FIRST_DROPPED]);
    if (uniform_dropped == UNIFORM_RING && !ref_is_null(first)) {
        ref_store(first, UNIFORM_LINK,
                  root_load(uniform_root[UNIFORM_LAST_DROPPED]));
    }
    root_store(&uniform_root[UNIFORM_LAST_DROPPED], REF_NULL);
    root_store(&uniform_root[UNIFORM_FIRST_DROPPED], REF_NULL);
}

/* Goes down to an object as an interpreter does, which holds the one that it
 * has come to; the caller releases the last. */
static inline ref uniform_find(uint64_t k)
{
    ref object = root_load(uniform_root[UNIFORM_TREE]);
    retain(object);
    for (int bit = 62 - __builtin_clzl(k); bit >= 0; bit--) {
        ref child = ref_load(object, k >> bit & 1);
        retain(child);
        release(object);
        object = child;
    }
    return object;
}

static inline ref uniform_pick(struct random *random)
{
    return uniform_find(1 + random_next(random) % uniform_count());
}

static inline uint64_t uniform_share(int64_t ppm)
{
    return uniform_count() * (uint64_t)ppm / 1000000;
}

/* Puts so many new objects before a chain. */
static void uniform_chain(struct root *root, uint64_t count)
{
    for (; count > 0; count--) {
        ref object = uniform_object_new(count);
        ref_init(object, UNIFORM_LINK, root_load(*root));
        root_store(root, object);
    }
}

static void uniform_write_one(struct random *random)
{
    FRAME(local, 1);
    if (uniform_writes == UNIFORM_YOUNG) {
        root_store(&local[0], uniform_object_new(random_next(random)));
    }
    ref object = uniform_pick(random);
    if (uniform_writes == UNIFORM_PAYLOAD) {
        raw_store_word(object, uniform_shape(), 0, random_next(random));
    } else if (uniform_writes == UNIFORM_YOUNG) {
        ref_store(object, UNIFORM_LINK, root_load(local[0]));
    } else {
        ref other = uniform_pick(random);
        ref_store(object, UNIFORM_LINK, other);
        release(other);
    }
    release(object);
    FRAME_END(local);
}

static uint64_t uniform_request(uint64_t number, struct random *random)
{
    struct shape shape = uniform_shape();
    uint64_t total = number;
    for (uint64_t i = uniform_share(uniform_read); i > 0; i--) {
        ref object = uniform_reads == UNIFORM_EACH ? uniform_find(i)
                                                   : uniform_pick(random);
        total += raw_load_word(object, shape, 0);
        release(object);
    }
    FRAME(local, 1);
    uniform_chain(&local[0], uniform_share(uniform_allocate));
    FRAME_END(local);
    uniform_chain(&uniform_root[UNIFORM_KEPT], uniform_share(uniform_keep));
    for (uint64_t i = uniform_share(uniform_write); i > 0; i--) {
        uniform_write_one(random);
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
    struct shape shape = uniform_shape();
    uint64_t sum =
        uniform_check_subtree(root_load(uniform_root[UNIFORM_TREE]), 0);
    ref kept = root_load(uniform_root[UNIFORM_KEPT]);
    for (; !ref_is_null(kept); kept = ref_load(kept, UNIFORM_LINK)) {
        sum = mix(sum ^ raw_load_word(kept, shape, 0));
    }
    return sum;
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
