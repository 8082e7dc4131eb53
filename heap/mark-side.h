/* mark-side.h: the marks are one contiguous bitmap beside the heap, a bit for
 * each 16 bytes, indexed by address alone: 0.78 % of the heap.
 *
 * Cleared as a whole when a collection begins, as in Go before 1.25 and in
 * MMTk's contiguous side metadata.  No live object is written. */
#ifndef HEAP_MARK_SIDE_H
#define HEAP_MARK_SIDE_H

#include "heap/side-bits.h"

#define MARK_OPTIONS

#define MARK_METADATA                                                          \
    {                                                                          \
        "mark", "side", 1, OBJECT_GRANULE,                                     \
            "cleared when a collection begins, set by the marking"             \
    }

static struct region marks;

enum { MARK_CLEARED_BY_SWEEP = false };

static void mark_open(void)
{
    side_bits_open(&marks, "marks", "mark");
}

static void mark_close(void)
{
    region_close(&marks);
}

static void mark_each_region(region_visitor *visit, void *context)
{
    visit(&marks, context);
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

static void mark_begin(void)
{
    side_bits_reset(&marks);
}

static inline bool mark_test_and_set(struct object *object)
{
    return side_bit_test_and_set(&marks, object);
}

static inline bool mark_sweep_keeps(struct object *object)
{
    return side_bit(&marks, object);
}

static void mark_end(void) {}

/* Where the object's mark lies. */
static const void *mark_of(const struct object *object)
{
    uint64_t bit;
    return side_bits_word(&marks, object, &bit);
}

#endif
