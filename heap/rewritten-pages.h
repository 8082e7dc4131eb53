/* rewritten-pages.h: on how many inherited pages references were rewritten.
 *
 * Two bits for each page of objects and buffers, beside the heap: inherited,
 * set by a worker when it starts, from the tables of the heap (pages of cells
 * that were handed out, and of runs), and rewritten. */
#ifndef HEAP_REWRITTEN_PAGES_H
#define HEAP_REWRITTEN_PAGES_H

#include "heap/heap.h"

static struct {
    struct region region;
    uint64_t count; /* inherited pages that were rewritten */
} rewritten_pages;

enum { PAGE_INHERITED = 1, PAGE_REWRITTEN = 2 };

static size_t rewritten_pages_of(const struct region *range)
{
    return range->reserved / PAGE_BYTES;
}

static void rewritten_pages_open(void)
{
    size_t pages =
        rewritten_pages_of(&heap.objects) + rewritten_pages_of(&heap.buffers);
    region_open(&rewritten_pages.region, "rewritten-pages", "page-set",
                pages / 4 + 1);
    region_commit(&rewritten_pages.region, rewritten_pages.region.reserved);
    rewritten_pages.count = 0;
}

static void rewritten_pages_close(void)
{
    region_close(&rewritten_pages.region);
}

static void rewritten_pages_each_region(region_visitor *visit, void *context)
{
    visit(&rewritten_pages.region, context);
}

/* The byte that has a page's two bits, `shift` bits up. */
static inline unsigned char *rewritten_pages_byte(const void *address,
                                                  unsigned *shift)
{
    size_t offset = (size_t)((const char *)address - heap.objects.start);
    size_t page = offset / PAGE_BYTES;
    if (offset >= heap.objects.reserved) {
        offset = (size_t)((const char *)address - heap.buffers.start);
        page = rewritten_pages_of(&heap.objects) + offset / PAGE_BYTES;
    }
    *shift = page % 4 * 2;
    return (unsigned char *)rewritten_pages.region.start + page / 4;
}

/* What lies there is about to be rewritten. */
static inline void rewritten_pages_note(const void *address)
{
    unsigned shift;
    unsigned char *byte = rewritten_pages_byte(address, &shift);
    if ((*byte >> shift & 3) == PAGE_INHERITED) {
        *byte |= (unsigned char)(PAGE_REWRITTEN << shift);
        rewritten_pages.count++;
    }
}

static void rewritten_pages_inherit(const char *start, const char *end)
{
    for (const char *page = start; page < end; page += PAGE_BYTES) {
        unsigned shift;
        unsigned char *byte = rewritten_pages_byte(page, &shift);
        *byte |= (unsigned char)(PAGE_INHERITED << shift);
    }
}

static void rewritten_pages_inherit_cells(const struct cells *cells)
{
    for (uint32_t i = 0; i < cells->block_count; i++) {
        if (cells_block(cells, i)->cell_bytes != 0) {
            rewritten_pages_inherit(cells_block_start(cells, i),
                                    cells_fresh_of(cells, i));
        }
    }
}

static void rewritten_pages_inherit_large(const struct large *large)
{
    rewritten_pages_inherit(large_start(large, 0),
                            large_start(large, large->page_count));
}

static void rewritten_pages_after_fork(void)
{
    rewritten_pages.count = 0;
    rewritten_pages_inherit_cells(&heap.small);
    rewritten_pages_inherit_cells(&heap.small_buffers);
    rewritten_pages_inherit_large(&heap.large);
    rewritten_pages_inherit_large(&heap.large_buffers);
}

#endif
