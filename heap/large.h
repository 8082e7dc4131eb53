/* large.h: a space of large pieces, each a run of whole pages.
 *
 * A table beside the space has a number for each page: how many pages the run
 * has that starts there, or 0.  Allocation is next-fit: a cursor passes over
 * the space once between two collections and takes the first gap that is wide
 * enough; then the space grows at its end. */
#ifndef HEAP_LARGE_H
#define HEAP_LARGE_H

#include "heap/region.h"

#include <stdbool.h>

/* Kind "mark": in a run's number, for collectors whose other marks are in
 * blocks or nowhere; never set elsewhere. */
#define LARGE_MARKED (UINT32_C(1) << 31)

/* A share of its pages that the space may grow by before it is searched again
 * for what was freed meanwhile: one in so many. */
#define LARGE_SEARCH 8

struct large {
    struct region region;
    struct region table; /* of uint32_t, one a page */
    size_t page_count;   /* pages that were ever used */
    size_t cursor;       /* page where the next search begins */
    size_t released;     /* pages freed since a search began at the start */
    size_t sealed;       /* pages below are not allocated in */
};

static inline uint32_t *large_runs(const struct large *large)
{
    return (uint32_t *)large->table.start;
}

/* Pages of the run that starts at a page, 0 if none does. */
static inline uint32_t large_pages(const struct large *large, size_t page)
{
    return large_runs(large)[page] & ~LARGE_MARKED;
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
    region_open(&large->table, table, "run",
                large->region.reserved / PAGE_BYTES * sizeof(uint32_t));
    large->page_count = large->cursor = large->sealed = 0;
    large->released = 0;
}

/* The number of the run that starts at an address. */
static inline uint32_t *large_run(const struct large *large,
                                  const void *address)
{
    return &large_runs(large)[large_page_of(large, address)];
}

static inline bool large_test_and_mark(struct large *large, const void *address)
{
    uint32_t *run = large_run(large, address);
    bool marked = *run & LARGE_MARKED;
    *run |= LARGE_MARKED;
    return marked;
}

static inline void large_clear_marks(struct large *large)
{
    for (size_t page = 0; page < large->page_count;) {
        uint32_t pages = large_pages(large, page);
        if (pages != 0) {
            large_runs(large)[page] = pages;
        }
        page += pages ? pages : 1;
    }
}

/* The first page of a gap for so many from the cursor on, or of what lies
 * behind all that was ever used. */
static inline size_t large_find(const struct large *large, size_t pages)
{
    size_t start = large->cursor;
    size_t page = start;
    while (page < large->page_count && page - start < pages) {
        if (large_pages(large, page) != 0) {
            start = page + large_pages(large, page);
            page = start;
        } else {
            page++;
        }
    }
    return start;
}

/* A run of pages for `bytes`; its memory holds whatever it held before.  Before
 * the space grows it is searched again from its start, if enough was freed. */
static void *large_take(struct large *large, size_t bytes)
{
    size_t pages = (bytes + PAGE_BYTES - 1) / PAGE_BYTES;
    size_t start = large_find(large, pages);
    if (start + pages > large->page_count &&
        large->released >= pages + large->page_count / LARGE_SEARCH) {
        large->cursor = large->sealed;
        large->released = 0;
        start = large_find(large, pages);
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

/* From here on only pages that were never used are allocated in. */
static inline void large_seal(struct large *large)
{
    large->cursor = large->sealed = large->page_count;
}

static inline void large_release(struct large *large, const void *address)
{
    large->released += large_pages(large, large_page_of(large, address));
    *large_run(large, address) = 0;
}

/* Lets allocation search from the start again, or from what is sealed.  Returns
 * the bytes in use. */
static inline size_t large_rebuild(struct large *large)
{
    size_t used_pages = 0;
    for (size_t page = 0; page < large->page_count;) {
        uint32_t pages = large_pages(large, page);
        used_pages += pages;
        page += pages ? pages : 1;
    }
    large->cursor = large->sealed;
    large->released = 0;
    return used_pages * PAGE_BYTES;
}

#endif
