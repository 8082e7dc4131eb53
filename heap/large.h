/* large.h: a space of large pieces, each a run of whole pages.
 *
 * A table beside the space has a number for each page: how many pages the run
 * has that starts there, or 0.  Allocation is next-fit: a cursor passes over
 * the space once between two collections and takes the first gap that is wide
 * enough; then the space grows at its end. */
#ifndef HEAP_LARGE_H
#define HEAP_LARGE_H

#include "heap/region.h"

struct large {
    struct region region;
    struct region table; /* of uint32_t, one a page */
    size_t page_count;   /* pages that were ever used */
    size_t cursor;       /* page where the next search begins */
};

static inline uint32_t *large_runs(const struct large *large)
{
    return (uint32_t *)large->table.start;
}

static inline size_t large_page_of(const struct large *large,
                                   const void *address)
{
    return (size_t)((const char *)address - large->region.start) / PAGE_BYTES;
}

static inline char *large_start(const struct large *large, size_t page)
{
    return large->region.start + page * PAGE_BYTES;
}

/* Opens a space in its region, which is open already; `table` names the page
 * table. */
static void large_open(struct large *large, const char *table)
{
    region_open(&large->table, table, REGION_SIDE,
                large->region.reserved / PAGE_BYTES * sizeof(uint32_t));
    large->page_count = large->cursor = 0;
}

/* A run of pages for `bytes`; its memory holds whatever it held before. */
static void *large_take(struct large *large, size_t bytes)
{
    size_t pages = (bytes + PAGE_BYTES - 1) / PAGE_BYTES;
    const uint32_t *runs = large_runs(large);
    size_t start = large->cursor;
    size_t page = start;
    while (page < large->page_count && page - start < pages) {
        if (runs[page] != 0) {
            start = page + runs[page];
            page = start;
        } else {
            page++;
        }
    }
    if (start + pages > large->page_count) {
        large->page_count = start + pages;
        region_commit(&large->region, large->page_count * PAGE_BYTES);
        region_commit(&large->table, large->page_count * sizeof(uint32_t));
    }
    large_runs(large)[start] = (uint32_t)pages;
    large->cursor = start + pages;
    return large_start(large, start);
}

static inline void large_release(struct large *large, const void *address)
{
    large_runs(large)[large_page_of(large, address)] = 0;
}

/* Lets allocation search from the start again.  Returns the bytes in use. */
static inline size_t large_rebuild(struct large *large)
{
    const uint32_t *runs = large_runs(large);
    size_t used_pages = 0;
    for (size_t page = 0; page < large->page_count;) {
        used_pages += runs[page];
        page += runs[page] ? runs[page] : 1;
    }
    large->cursor = 0;
    return used_pages * PAGE_BYTES;
}

#endif
