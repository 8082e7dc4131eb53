/* rewritten-pages.h: on how many inherited pages references were rewritten.
 *
 * Two bits for each page of objects and buffers, beside the heap: inherited,
 * set by a worker when it starts, from the tables of the heap (pages of cells
 * that were handed out, of runs, ...), and rewritten. */
#ifndef HEAP_REWRITTEN_PAGES_H
#define HEAP_REWRITTEN_PAGES_H

#include "heap/heap.h"

#define REWRITTEN_RANGES 4

static struct {
    struct region region;
    struct region ranges[REWRITTEN_RANGES]; /* start is NULL: there is none */
    uint64_t count; /* inherited pages that were rewritten */
} rewritten_pages;

enum { PAGE_INHERITED = 1, PAGE_REWRITTEN = 2 };

/* Calls `visit` with each range of addresses where objects and buffers of the
 * old generation lie. */
static inline void old_each_range(void (*visit)(const struct region *range));

/* Calls `visit` with each stretch of them that is in use, in whole pages or
 * not. */
static inline void old_each_used(void (*visit)(const char *start,
                                               const char *end));

static void rewritten_pages_add(const struct region *range)
{
    size_t i = 0;
    while (rewritten_pages.ranges[i].start != NULL) {
        i++;
    }
    rewritten_pages.ranges[i] = *range;
}

static size_t rewritten_pages_of(const struct region *range)
{
    return range->reserved / PAGE_BYTES;
}

static void rewritten_pages_open(void)
{
    size_t pages = 0;
    memset(&rewritten_pages, 0, sizeof rewritten_pages);
    old_each_range(rewritten_pages_add);
    for (size_t i = 0; i < REWRITTEN_RANGES; i++) {
        pages += rewritten_pages_of(&rewritten_pages.ranges[i]);
    }
    region_open(&rewritten_pages.region, "rewritten-pages", "page-set",
                pages / 4 + 1);
    region_commit(&rewritten_pages.region, rewritten_pages.region.reserved);
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
    const struct region *range = rewritten_pages.ranges;
    size_t page = 0;
    while ((uintptr_t)address - (uintptr_t)range->start >= range->reserved) {
        page += rewritten_pages_of(range++);
    }
    page += (size_t)((const char *)address - range->start) / PAGE_BYTES;
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

static void rewritten_pages_after_fork(void)
{
    rewritten_pages.count = 0;
    old_each_used(rewritten_pages_inherit);
}

#endif
