/* check-dishonest.c: the collector check with workloads that break the rules of
 * workloads/vocabulary.h, each in one way.  tests/check.bats wants each of them
 * convicted by name, and the honest one acquitted.
 *
 * All of them keep a pair of which the first half names a leaf, and make one
 * more leaf at every request. */
#define WORKLOADS_ALL_H /* this file has its own list */
#include "collectors/check.c"

#include "workloads/vocabulary.h"
#include "workloads/workload.h"

enum { PAIR, LEAF };

static const struct shape pair_shape = {PAIR, 2, 0};
static const struct shape leaf_shape = {LEAF, 0, sizeof(uint64_t)};

static struct root roots[2]; /* the pair; a buffered one */
static struct frame frame;

static ref leaf_new(uint64_t value)
{
    ref leaf = object_new(leaf_shape);
    raw_store_word(leaf, leaf_shape, 0, value);
    return leaf;
}

static void load(struct random *random)
{
    (void)random;
    frame_push(&frame, roots, LENGTH(roots));
    root_store(&roots[0], object_new(pair_shape));
    ref leaf = leaf_new(0);
    ref_store(root_load(roots[0]), 0, leaf);
    root_store(&roots[1], object_new_buffered(PAIR, 2));
}

static uint64_t check_pair(void)
{
    return raw_load_word(ref_load(root_load(roots[0]), 0), leaf_shape, 0);
}

static uint64_t honest(uint64_t number, struct random *random)
{
    (void)random;
    FRAME(local, 1);
    root_store(&local[0], leaf_new(number));
    ref pair = object_new(pair_shape);
    ref_init(pair, 0, root_load(local[0]));
    ref_store(root_load(roots[0]), 0, root_load(local[0]));
    root_store(&roots[1], object_new_buffered(PAIR, 2));
    item_init(root_load(roots[1]), 1, root_load(roots[0]));
    FRAME_END(local);
    return number;
}

/* The leaf moves while the pair is made, and no frame has it. */
static uint64_t unrooted_load(uint64_t number, struct random *random)
{
    (void)random;
    ref leaf = leaf_new(number);
    object_new(pair_shape);
    return raw_load_word(leaf, leaf_shape, 0);
}

static uint64_t unrooted_store(uint64_t number, struct random *random)
{
    (void)random;
    ref leaf = leaf_new(number);
    object_new(pair_shape);
    ref_store(root_load(roots[0]), 0, leaf);
    return number;
}

static uint64_t rooted_late(uint64_t number, struct random *random)
{
    (void)random;
    ref leaf = leaf_new(number);
    object_new(pair_shape);
    FRAME(local, 1);
    root_store(&local[0], leaf);
    object_new(pair_shape);
    FRAME_END(local);
    return number;
}

static uint64_t past_the_barrier(uint64_t number, struct random *random)
{
    (void)random;
    ref leaf = leaf_new(number);
    *(ref *)ref_object(root_load(roots[0]))->words = leaf;
    return number;
}

static uint64_t past_the_barrier_in_buffer(uint64_t number,
                                           struct random *random)
{
    (void)random;
    ref leaf = leaf_new(number);
    object_buffer(ref_object(root_load(roots[1])))->items[1] = leaf;
    return number;
}

static uint64_t late_init(uint64_t number, struct random *random)
{
    (void)random;
    FRAME(local, 1);
    root_store(&local[0], object_new(pair_shape));
    ref leaf = leaf_new(number);
    ref_init(root_load(local[0]), 1, leaf);
    FRAME_END(local);
    return number;
}

static uint64_t late_init_in_buffer(uint64_t number, struct random *random)
{
    (void)random;
    ref leaf = leaf_new(number);
    item_init(root_load(roots[1]), 0, leaf);
    return number;
}

static uint64_t init_after_collection(uint64_t number, struct random *random)
{
    (void)random;
    FRAME(local, 1);
    root_store(&local[0], object_new(pair_shape));
    collector.collect(COLLECTION_FULL, COLLECTION_ASKED);
    ref_init(root_load(local[0]), 0, root_load(roots[0]));
    FRAME_END(local);
    return number;
}

#define WORKLOAD(function)                                                     \
    static const struct workload workload_##function = {                       \
        .name = #function,                                                     \
        .about = "see check-dishonest.c",                                      \
        .load = load,                                                          \
        .request = function,                                                   \
        .check = check_pair,                                                   \
    }

WORKLOAD(honest);
WORKLOAD(unrooted_load);
WORKLOAD(unrooted_store);
WORKLOAD(rooted_late);
WORKLOAD(past_the_barrier);
WORKLOAD(past_the_barrier_in_buffer);
WORKLOAD(late_init);
WORKLOAD(late_init_in_buffer);
WORKLOAD(init_after_collection);

const struct workload *const workloads[] = {
    &workload_honest,
    &workload_unrooted_load,
    &workload_unrooted_store,
    &workload_rooted_late,
    &workload_past_the_barrier,
    &workload_past_the_barrier_in_buffer,
    &workload_late_init,
    &workload_late_init_in_buffer,
    &workload_init_after_collection,
    NULL,
};
