/* mark-page.h: the marks of a block's objects are a bitmap at its end.
 *
 * JavaScriptCore keeps them in the footer of each 16 KiB block, Go since 1.25
 * in the tail of each 8 KiB span of small objects: of the pages of a block the
 * last one is written.  A large object's mark is in its run's number.
 *
 * Departs from JSC: the bits are cleared when a collection begins, where JSC
 * compares versions and clears a footer when the block's first object is
 * marked; for blocks with live objects that is the same write. */
#ifndef HEAP_MARK_PAGE_H
#define HEAP_MARK_PAGE_H

#define CELLS_BLOCK_DEFAULT CELLS_BLOCK_16384

#include "heap/heap.h"

#define MARK_OPTIONS

#define MARK_METADATA                                                          \
    {"mark", "page", 1, OBJECT_GRANULE,                                        \
     "at the end of each block: cleared when a collection begins, set by the " \
     "marking"},                                                               \
    {                                                                          \
        "mark", "side", 1, 0, "of large objects, in their run's number"        \
    }

enum { MARK_CLEARED_BY_SWEEP = false };

static void mark_open(void)
{
    heap.small.footer = heap.small.block_bytes / OBJECT_GRANULE / 8;
}

static void mark_close(void) {}

static void mark_each_region(region_visitor *visit, void *context)
{
    (void)visit;
    (void)context;
}

static inline char *mark_footer(uint32_t block)
{
    return cells_block_start(&heap.small, block) + heap.small.block_bytes -
           heap.small.footer;
}

static bool mark_block_is_used(uint32_t block)
{
    return cells_block(&heap.small, block)->cell_bytes != 0;
}

static void mark_each_extent(extent_visitor *visit, void *context)
{
    for (uint32_t i = 0; i < heap.small.block_count; i++) {
        if (mark_block_is_used(i)) {
            visit(mark_footer(i), heap.small.footer, "mark", context);
        }
    }
}

static inline unsigned mark_of_new(void)
{
    return 0;
}

static void mark_begin(void)
{
    for (uint32_t i = 0; i < heap.small.block_count; i++) {
        if (mark_block_is_used(i)) {
            memset(mark_footer(i), 0, heap.small.footer);
        }
    }
    large_clear_marks(&heap.large);
}

static void mark_end(void) {}

/* The byte with the mark of an object in a cell. */
static inline unsigned char *mark_byte(const struct object *object,
                                       unsigned char *bit)
{
    size_t block_bytes = heap.small.block_bytes;
    size_t granule = ((uintptr_t)object & (block_bytes - 1)) / OBJECT_GRANULE;
    uintptr_t end = ((uintptr_t)object | (block_bytes - 1)) + 1;
    *bit = (unsigned char)(1u << granule % 8);
    return (unsigned char *)(end - heap.small.footer) + granule / 8;
}

#include "heap/mark-bytes.h"

#endif
