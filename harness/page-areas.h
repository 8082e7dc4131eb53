/* page-areas.h: the stretches of address space that page maps are drawn of: the
 * regions of the heap, and whatever else the template has mapped for itself and
 * holds pages of.
 *
 * Each has a key, by which its map stands in a result: a region's name; of
 * another mapping NAME@START, as [heap]@55d0c0a00000, with the last part of a
 * path, or `anonymous`. */
#ifndef HARNESS_PAGE_AREAS_H
#define HARNESS_PAGE_AREAS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "smaps/ledger.h"

struct page_area {
    char *key;
    uint64_t start, end;
    char *inherited; /* page-map.h, of `s` and `.`: which pages there were */
};

/* Starts as all zero. */
struct page_areas {
    struct page_area *items; /* in address order, disjoint */
    size_t count;
};

/* Finds the areas of a template, of which no page was read by a worker so far;
 * `regions` are in address order.  Returns 0 or a negative errno. */
int page_areas_open(struct page_areas *areas, pid_t template_pid,
                    const struct region *regions, size_t region_count,
                    const struct ledger *ledger);
void page_areas_close(struct page_areas *areas);

/* The letter of a page (page-map.h) by what became of it. */
char page_areas_letter(enum page_fate fate);

/* What one drawing is asked for of each page; a letter of page-map.h. */
typedef char page_letter(uint64_t address, enum page_fate fate,
                         const struct page_entries *entries, void *context);

/* Draws a process's pages, one map for each area, without the pages of nothing
 * at its end: the caller frees the maps and the array.  Returns 0 or a negative
 * errno. */
int page_areas_draw(const struct page_areas *areas, const struct ledger *ledger,
                    pid_t pid, page_letter *letter, void *context,
                    char ***maps);

#endif
