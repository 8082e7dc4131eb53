/* snapshot.h: the pages of a heap, kept to be compared with what becomes of
 * them in this process.
 *
 * Whether a page is there and whether this process alone has it comes from
 * /proc/self/pagemap; the bytes are read through /proc/self/mem, so that memory
 * which the collector made inaccessible is read as well. */
#ifndef SUBJECTS_C_SNAPSHOT_H
#define SUBJECTS_C_SNAPSHOT_H

#include "heap/region.h"

#include <stdbool.h>
#include <stdint.h>

#define SNAPSHOT_REGIONS_MOST 64

struct snapshot_region {
    struct region region;
    size_t pages;         /* committed */
    uint64_t *entries;    /* of pagemap, one a page */
    unsigned char *bytes; /* of the pages that were there */
};

struct snapshot {
    struct snapshot_region regions[SNAPSHOT_REGIONS_MOST];
    size_t count;
    uint64_t own_pages; /* snapshot_own_pages() then */
};

/* NULL, or why the kernel does not show this process its pages. */
const char *snapshot_possible(void);

/* Copies every page of every region that is there.  Lack of memory ends the
 * program. */
void snapshot_open(struct snapshot *snapshot);
void snapshot_close(struct snapshot *snapshot);

/* How many pages this process has alone outside of the snapshot's regions:
 * data, stack and libc's heap. */
uint64_t snapshot_own_pages(const struct snapshot *snapshot);

/* Reads pagemap entries of a range of pages. */
void pagemap_read(uintptr_t start, size_t pages, uint64_t *entries);

/* Reads memory, accessible or not. */
void memory_read(uintptr_t start, size_t bytes, void *into);

static inline bool page_is_there(uint64_t entry)
{
    return entry >> 62 != 0; /* present, or swapped out */
}

/* A page that this process has alone: not shared with its template. */
static inline bool page_is_private(uint64_t entry)
{
    return page_is_there(entry) && entry >> 56 & 1;
}

#endif
