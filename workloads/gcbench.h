/* gcbench.h: GCBench, by Ellis, Kovac and Boehm.
 *
 * At load, a stretch tree two deeper than `depth` is built and dropped, then a
 * long-lived tree of that depth is built top-down, and an array of doubles,
 * without references, whose first half is filled.  A request is one step of the
 * program: as many nodes as two stretch trees have, in trees of one depth built
 * top-down (each node stored into one that is older than it), and as many again
 * built bottom-up.  `depth` / 2 - 1 requests are one run of the program; it
 * was published with depth 16 and 500 000 doubles.  Departs from it: each tree
 * is counted before it is dropped, so that the reply tells what was built.
 *
 * With another scale than 1000 there are so many times the tree's nodes,
 * rounded: in trees of its depth, and what is left in the greatest that fit.
 * Below 1000 the array is shorter in this proportion; above there are so many
 * of them, rounded.
 *
 * All stores go to the request's own objects: the application's own writes to
 * inherited objects are none, and nothing depends on the seed. */
#ifndef WORKLOADS_GCBENCH_H
#define WORKLOADS_GCBENCH_H

#include "workloads/scale.h"
#include "workloads/tree.h"
#include "workloads/workload.h"

#include <string.h>

enum { GCBENCH_NODE, GCBENCH_ARRAY, GCBENCH_LIST };

/* The trees and the arrays that are kept. */
enum {
    GCBENCH_TREES,
    GCBENCH_ARRAYS = GCBENCH_TREES + KEPT_ROOTS,
    GCBENCH_ROOTS = GCBENCH_ARRAYS + KEPT_ROOTS
};

#define GCBENCH_STRETCH 2 /* levels that the stretch tree has more */

static int64_t gcbench_scale = SCALE_DEFAULT;
static int64_t gcbench_depth = 12;
static int64_t gcbench_array = 500000;

static const struct parameter gcbench_parameters[] = {
    SCALE_PARAMETER(&gcbench_scale, "one tree of `depth` and one array", "4"),
    {"depth", &gcbench_depth, TREE_LEAST_DEPTH, 28, NULL, "levels",
     "depth of the long-lived trees, and greatest depth of a request's"},
    {"array", &gcbench_array, 2, OBJECT_MAX_COUNT / sizeof(double), NULL,
     "doubles", "length of the long-lived arrays"},
};

static struct root gcbench_roots[GCBENCH_ROOTS];
static struct frame gcbench_frame;
static size_t gcbench_doubles; /* in an array, scaled */

/* A node has two integers behind its children. */
static inline ref gcbench_node_new(void)
{
    struct shape shape = {GCBENCH_NODE, TREE_CHILDREN, 2 * sizeof(uint32_t)};
    ref node = object_new(shape);
    raw_store_word(node, shape, 0, 0);
    return node;
}

static void gcbench_populate(ref node, unsigned depth)
{
    if (depth == 0) {
        return;
    }
    FRAME(local, 1);
    root_store(&local[0], node);
    for (size_t side = 0; side < TREE_CHILDREN; side++) {
        ref child = gcbench_node_new();
        ref_store(root_load(local[0]), side, child);
    }
    for (size_t side = 0; side < TREE_CHILDREN; side++) {
        gcbench_populate(ref_load(root_load(local[0]), side), depth - 1);
    }
    FRAME_END(local);
}

static ref gcbench_top_down(unsigned depth)
{
    FRAME(local, 1);
    root_store(&local[0], gcbench_node_new());
    gcbench_populate(root_load(local[0]), depth);
    ref result = root_take(&local[0]);
    FRAME_END(local);
    return result;
}

static ref gcbench_bottom_up(unsigned depth)
{
    FRAME(local, TREE_CHILDREN);
    if (depth > 0) {
        root_store(&local[TREE_LEFT], gcbench_bottom_up(depth - 1));
        root_store(&local[TREE_RIGHT], gcbench_bottom_up(depth - 1));
    }
    ref node = gcbench_node_new();
    ref_init(node, TREE_LEFT, root_load(local[TREE_LEFT]));
    ref_init(node, TREE_RIGHT, root_load(local[TREE_RIGHT]));
    FRAME_END(local);
    return node;
}

/* Counts a tree and drops it. */
static uint64_t gcbench_drop(ref tree)
{
    FRAME(local, 1);
    root_store(&local[0], tree);
    uint64_t nodes = tree_count(tree);
    FRAME_END(local);
    return nodes;
}

static inline struct shape gcbench_array_shape(void)
{
    return (struct shape){GCBENCH_ARRAY, 0,
                          (uint32_t)(gcbench_doubles * sizeof(double))};
}

/* The double 1 / i as a word of payload; 0 for i = 0. */
static inline uint64_t gcbench_double(size_t i)
{
    double value = i == 0 ? 0 : 1.0 / (double)i;
    uint64_t word;
    memcpy(&word, &value, sizeof word);
    return word;
}

static ref gcbench_array_new(void)
{
    ref array = object_new(gcbench_array_shape());
    for (size_t i = 0; i < gcbench_doubles / 2; i++) {
        raw_store_word(array, gcbench_array_shape(), i, gcbench_double(i));
    }
    return array;
}

static void gcbench_load(struct random *random)
{
    (void)random;
    unsigned depth = (unsigned)gcbench_depth;
    bool whole = gcbench_scale >= SCALE_DEFAULT;
    frame_push(&gcbench_frame, gcbench_roots, GCBENCH_ROOTS);
    gcbench_drop(gcbench_bottom_up(depth + GCBENCH_STRETCH));
    trees_keep(gcbench_roots + GCBENCH_TREES, GCBENCH_LIST,
               scaled(tree_size(depth), gcbench_scale), depth,
               gcbench_top_down);
    gcbench_doubles =
        scaled((uint64_t)gcbench_array, whole ? SCALE_DEFAULT : gcbench_scale);
    for (uint64_t i = 0; i < scaled(1, gcbench_scale); i++) {
        kept_add(gcbench_roots + GCBENCH_ARRAYS, GCBENCH_LIST,
                 gcbench_array_new());
    }
}

static uint64_t gcbench_request(uint64_t number, struct random *random)
{
    (void)random;
    unsigned greatest = (unsigned)gcbench_depth;
    unsigned depth = tree_depth_of_request(number, greatest);
    uint64_t trees =
        2 * tree_size(greatest + GCBENCH_STRETCH) / tree_size(depth);
    uint64_t nodes = 0;
    for (uint64_t i = 0; i < trees; i++) {
        nodes += gcbench_drop(gcbench_top_down(depth));
    }
    for (uint64_t i = 0; i < trees; i++) {
        nodes += gcbench_drop(gcbench_bottom_up(depth));
    }
    return mix(nodes);
}

static uint64_t gcbench_check_array(uint64_t sum, ref array)
{
    for (size_t i = 0; i < gcbench_doubles / 2; i++) {
        sum = mix(sum ^ raw_load_word(array, gcbench_array_shape(), i));
    }
    return sum;
}

static uint64_t gcbench_check(void)
{
    uint64_t nodes =
        kept_sum(gcbench_roots + GCBENCH_TREES, 0, tree_count_another);
    return kept_sum(gcbench_roots + GCBENCH_ARRAYS, mix(nodes),
                    gcbench_check_array);
}

static const struct workload gcbench = {
    .name = "gcbench",
    .about = "GCBench: trees built top-down and bottom-up, and dropped",
    .parameters = gcbench_parameters,
    .parameter_count = LENGTH(gcbench_parameters),
    .load = gcbench_load,
    .request = gcbench_request,
    .check = gcbench_check,
};

#endif
