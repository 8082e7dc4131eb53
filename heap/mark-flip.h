/* mark-flip.h: the mark is a bit in the object's header whose sense flips.
 *
 * What meant "marked" in one collection means "not yet reached" in the next, as
 * in OCaml 5 (MARKED, UNMARKED and GARBAGE rotate) and Lua (two whites), so no
 * sweep clears marks: one header write an object and collection instead of two.
 * Departs from OCaml: two meanings instead of three, because nothing is
 * allocated while a collection marks. */
#ifndef HEAP_MARK_FLIP_H
#define HEAP_MARK_FLIP_H

#include "heap/mark-in-header.h"

#define MARK_METADATA                                                          \
    {                                                                          \
        "mark", "header", 1, 0, "set to the new sense by the marking"          \
    }

/* The flag as objects bear it that were reached by the last collection, or were
 * made after it. */
static uint64_t mark_sense;

enum { MARK_CLEARED_BY_SWEEP = false };

static inline unsigned mark_of_new(void)
{
    return (unsigned)mark_sense;
}

static void mark_begin(void)
{
    mark_sense ^= HEADER_MARKED;
}

static inline bool mark_test_and_set(struct object *object)
{
    bool marked = (object->header & HEADER_MARKED) == mark_sense;
    if (!marked) {
        object->header ^= HEADER_MARKED;
    }
    return marked;
}

static inline bool mark_sweep_keeps(struct object *object)
{
    return (object->header & HEADER_MARKED) == mark_sense;
}

#endif
