/* tree.h: a binary tree of objects, as the classic benchmarks count it.
 *
 * The first two references of a node are its children: both null in a leaf,
 * neither in any other node. */
#ifndef WORKLOADS_TREE_H
#define WORKLOADS_TREE_H

#include "workloads/kept.h"

enum { TREE_LEFT, TREE_RIGHT, TREE_CHILDREN };

/* The classic programs begin with trees of this depth; a leaf's is 0. */
#define TREE_LEAST_DEPTH 4

static inline uint64_t tree_size(unsigned depth)
{
    return (UINT64_C(2) << depth) - 1;
}

/* Counts the nodes by visiting them. */
static uint64_t tree_count(ref node)
{
    uint64_t count = 1;
    retain(node);
    ref left = ref_load(node, TREE_LEFT);
    if (!ref_is_null(left)) {
        count += tree_count(left) + tree_count(ref_load(node, TREE_RIGHT));
    }
    release(node);
    return count;
}

/* One more of the trees that are kept. */
static uint64_t tree_count_another(uint64_t count, ref node)
{
    return count + tree_count(node);
}

/* The depth of the greatest tree that has at most so many nodes, one at least,
 * and at most such a depth. */
static inline unsigned tree_depth_of(uint64_t nodes, unsigned greatest)
{
    while (tree_size(greatest) > nodes) {
        greatest--;
    }
    return greatest;
}

/* Keeps so many nodes, in trees: each the greatest that still fits. */
static void trees_keep(struct root *kept, uint8_t kind, uint64_t nodes,
                       unsigned depth, ref (*make)(unsigned depth))
{
    while (nodes > 0) {
        depth = tree_depth_of(nodes, depth);
        kept_add(kept, kind, make(depth));
        nodes -= tree_size(depth);
    }
}

/* The depth of the trees that request `number` builds: 4, 6, 8, ... up to the
 * greatest, then from 4 again. */
static inline unsigned tree_depth_of_request(uint64_t number, unsigned greatest)
{
    uint64_t depths = (greatest - TREE_LEAST_DEPTH) / 2 + 1;
    return TREE_LEAST_DEPTH + 2 * (unsigned)(number % depths);
}

#endif
