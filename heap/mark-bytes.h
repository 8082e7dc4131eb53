/* mark-bytes.h: the operations of placements whose marks are found through
 * mark_byte() for objects in cells, and in the run's number for large ones. */
#ifndef HEAP_MARK_BYTES_H
#define HEAP_MARK_BYTES_H

#include "heap/heap.h"

static inline bool mark_test_and_set(struct object *object)
{
    unsigned char bit;
    if (region_holds(&heap.large.region, object)) {
        return large_test_and_mark(&heap.large, object);
    }
    unsigned char *byte = mark_byte(object, &bit);
    bool marked = *byte & bit;
    if (!marked) {
        *byte |= bit;
    }
    return marked;
}

static inline bool mark_sweep_keeps(struct object *object)
{
    unsigned char bit;
    if (region_holds(&heap.large.region, object)) {
        return *large_run(&heap.large, object) & LARGE_MARKED;
    }
    const unsigned char *byte = mark_byte(object, &bit);
    return *byte & bit;
}

static const void *mark_of(const struct object *object)
{
    unsigned char bit;
    return region_holds(&heap.large.region, object)
               ? (const void *)large_run(&heap.large, object)
               : mark_byte(object, &bit);
}

#endif
