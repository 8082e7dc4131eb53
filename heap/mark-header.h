/* mark-header.h: the mark is a bit in the object's own header.
 *
 * Set when the object is reached, cleared by the sweep: two writes to every
 * live object in every collection, as in PyPy's minimark (GCFLAG_VISITED). */
#ifndef HEAP_MARK_HEADER_H
#define HEAP_MARK_HEADER_H

#include "heap/heap.h"

#define MARK_OPTIONS

#define MARK_METADATA                                                          \
    {                                                                          \
        "mark", "header", 1, 0, "set by the marking, cleared by the sweep"     \
    }

enum { MARK_CLEARED_BY_SWEEP = true };

static void mark_open(void) {}

static void mark_close(void) {}

static void mark_each_region(region_visitor *visit, void *context)
{
    (void)visit;
    (void)context;
}

/* Marks that lie among the objects. */
static void mark_each_extent(extent_visitor *visit, void *context)
{
    (void)visit;
    (void)context;
}

static inline unsigned mark_of_new(void)
{
    return 0;
}

static void mark_begin(void) {}

/* Marks the object; returns whether it was marked before. */
static inline bool mark_test_and_set(struct object *object)
{
    bool marked = object->header & HEADER_MARKED;
    if (!marked) {
        object->header |= HEADER_MARKED;
    }
    return marked;
}

/* Whether the sweep keeps the object; leaves it unmarked. */
static inline bool mark_sweep_keeps(struct object *object)
{
    bool marked = object->header & HEADER_MARKED;
    if (marked) {
        object->header &= ~(uint64_t)HEADER_MARKED;
    }
    return marked;
}

static void mark_end(void) {}

/* Where the object's mark lies. */
static const void *mark_of(const struct object *object)
{
    return object;
}

#endif
