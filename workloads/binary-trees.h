/* binary-trees.h: the binary-trees program of the Benchmarks Game.
 *
 * At load, a stretch tree one deeper than `depth` is built and dropped, and a
 * long-lived tree of that depth is built and kept.  With another scale than
 * 1000 there are so many times its nodes, rounded: in trees of that depth, and
 * what is left in the greatest that fit.
 *
 * A request is one line of the program's output: trees of one depth, built
 * bottom-up, each counted and dropped, so many that every request makes about
 * the same number of nodes.  `depth` / 2 - 1 requests are one run of the
 * program.
 *
 * All stores go to the newest object: the application's own writes to inherited
 * objects are none, and nothing depends on the seed. */
#ifndef WORKLOADS_BINARY_TREES_H
#define WORKLOADS_BINARY_TREES_H

#include "workloads/scale.h"
#include "workloads/tree.h"
#include "workloads/workload.h"

enum { BINARY_TREES_NODE, BINARY_TREES_LIST };

static int64_t binary_trees_scale = SCALE_DEFAULT;
static int64_t binary_trees_depth = 12;

static const struct parameter binary_trees_parameters[] = {
    SCALE_PARAMETER(&binary_trees_scale, "one tree of `depth`", "0.25"),
    {"depth", &binary_trees_depth, TREE_LEAST_DEPTH, 28, NULL, "levels",
     "depth of the long-lived trees, and greatest depth of a request's"},
};

static struct root binary_trees_long_lived[KEPT_ROOTS];
static struct frame binary_trees_frame;

static ref binary_trees_new(unsigned depth)
{
    FRAME(local, TREE_CHILDREN);
    if (depth > 0) {
        root_store(&local[TREE_LEFT], binary_trees_new(depth - 1));
        root_store(&local[TREE_RIGHT], binary_trees_new(depth - 1));
    }
    ref node = object_new((struct shape){BINARY_TREES_NODE, TREE_CHILDREN, 0});
    ref_init(node, TREE_LEFT, root_load(local[TREE_LEFT]));
    ref_init(node, TREE_RIGHT, root_load(local[TREE_RIGHT]));
    FRAME_END(local);
    return node;
}

/* A tree that is built, counted and dropped. */
static uint64_t binary_trees_drop(unsigned depth)
{
    FRAME(local, 1);
    root_store(&local[0], binary_trees_new(depth));
    uint64_t nodes = tree_count(root_load(local[0]));
    FRAME_END(local);
    return nodes;
}

static void binary_trees_load(struct random *random)
{
    (void)random;
    unsigned depth = (unsigned)binary_trees_depth;
    frame_push(&binary_trees_frame, binary_trees_long_lived, KEPT_ROOTS);
    binary_trees_drop(depth + 1);
    trees_keep(binary_trees_long_lived, BINARY_TREES_LIST,
               scaled(tree_size(depth), binary_trees_scale), depth,
               binary_trees_new);
}

static uint64_t binary_trees_request(uint64_t number, struct random *random)
{
    (void)random;
    unsigned greatest = (unsigned)binary_trees_depth;
    unsigned depth = tree_depth_of_request(number, greatest);
    uint64_t nodes = 0;
    uint64_t trees = UINT64_C(1) << (greatest - depth + TREE_LEAST_DEPTH);
    for (uint64_t i = 0; i < trees; i++) {
        nodes += binary_trees_drop(depth);
    }
    return mix(nodes);
}

static uint64_t binary_trees_check(void)
{
    return mix(kept_sum(binary_trees_long_lived, 0, tree_count_another));
}

static const struct workload binary_trees = {
    .name = "binary-trees",
    .about = "the Benchmarks Game: trees built bottom-up, counted and dropped",
    .parameters = binary_trees_parameters,
    .parameter_count = LENGTH(binary_trees_parameters),
    .load = binary_trees_load,
    .request = binary_trees_request,
    .check = binary_trees_check,
};

#endif
