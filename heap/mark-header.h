/* mark-header.h: the mark is a bit in the object's own header.
 *
 * Set when the object is reached, cleared by the sweep: two writes to every
 * live object in every collection, as in PyPy's minimark (GCFLAG_VISITED). */
#ifndef HEAP_MARK_HEADER_H
#define HEAP_MARK_HEADER_H

#include "heap/mark-in-header.h"

#define MARK_METADATA                                                          \
    {                                                                          \
        "mark", "header", 1, 0, "set by the marking, cleared by the sweep"     \
    }

enum { MARK_CLEARED_BY_SWEEP = true };

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

#endif
