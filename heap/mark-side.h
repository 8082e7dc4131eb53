/* mark-side.h: the marks are one contiguous bitmap beside the heap, a bit for
 * each 16 bytes, indexed by address alone: 0.78 % of the heap.
 *
 * Cleared as a whole when a collection begins, as in Go before 1.25 and in
 * MMTk's contiguous side metadata.  No live object is written. */
#ifndef HEAP_MARK_SIDE_H
#define HEAP_MARK_SIDE_H

#include "heap/heap.h"

#include <string.h>

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
    region_open(&marks, "marks", "mark",
                heap.objects.reserved / OBJECT_GRANULE / 8);
    region_commit(&marks, marks.reserved);
}

static void mark_close(void)
{
    region_close(&marks);
}

static void mark_each_region(region_visitor *visit, void *context)
{
    visit(&marks, context);
}

/* Bytes of the bitmap that cover `bytes` of heap, in whole words. */
static size_t mark_cover(size_t bytes)
{
    return (bytes / OBJECT_GRANULE + 63) / 64 * 8;
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
    size_t large = (size_t)(heap.large.region.start - heap.objects.start);
    memset(marks.start, 0,
           mark_cover(heap.small.block_count * heap.small.block_bytes));
    memset(marks.start + mark_cover(large), 0,
           mark_cover(heap.large.page_count * PAGE_BYTES));
}

static inline uint64_t *mark_word(const struct object *object, uint64_t *bit)
{
    size_t granule =
        (size_t)((const char *)object - heap.objects.start) / OBJECT_GRANULE;
    *bit = UINT64_C(1) << (granule % 64);
    return (uint64_t *)marks.start + granule / 64;
}

static inline bool mark_test_and_set(struct object *object)
{
    uint64_t bit;
    uint64_t *word = mark_word(object, &bit);
    bool marked = *word & bit;
    if (!marked) {
        *word |= bit;
    }
    return marked;
}

static inline bool mark_sweep_keeps(struct object *object)
{
    uint64_t bit;
    return *mark_word(object, &bit) & bit;
}

static void mark_end(void) {}

/* Where the object's mark lies. */
static const void *mark_of(const struct object *object)
{
    uint64_t bit;
    return mark_word(object, &bit);
}

#endif
