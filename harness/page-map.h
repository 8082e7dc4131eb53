/* page-map.h: what became of each page of a region in one worker, as text.
 *
 * A map is a string of runs, in address order from the region's first page on:
 * a letter, then how many pages in a row it stands for, which is left out where
 * it is 1: "s120hs4.17" is 142 pages.  Each map has one form: no count of 0 or
 * 1, none with a zero in front, and no two runs of a letter side by side.
 * Letters, with the words of smaps/ledger.h:
 *   s  shared       inherited, not written by anyone since
 *   w  swapped      inherited, in swap: cannot be told
 *   g  gone         inherited, no longer there
 *   n  new          not inherited
 *   o  own          of this process alone; with no template to compare with,
 *                   broken or new cannot be told
 *   .  nothing      neither there nor inherited
 * and broken, by what was written there (the first that was, where the order is
 * known):
 *   h  header       the header of an object: its mark, age or count
 *   m  metadata     metadata anywhere else, among the objects or beside them
 *   r  reference    in an object or in a buffer
 *   p  payload      raw bytes of an object
 *   f  free memory  inherited as such: a free link, a new object, or cleared
 *   i  identical    a false page: not a byte differs from the template's
 *   u  unknown      broken; what was written is not known */
#ifndef HARNESS_PAGE_MAP_H
#define HARNESS_PAGE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_MAP_KINDS 13

struct page_kind {
    char letter;
    const char *name;
    bool broken;
};

/* All letters, as listed above. */
extern const struct page_kind page_kinds[PAGE_MAP_KINDS];

/* The index of a letter in page_kinds, or -1. */
int page_kind_index(char letter);

/* The letter of a broken page, from what `describe` says of the address that
 * was written (subjects/PROTOCOL.md): two words of its answer. */
char page_kind_of(const char *kind, const char *placement);

/* A map being written; starts as all zero. */
struct page_map {
    char *text;
    size_t length, capacity;
    char letter; /* of the run under way */
    uint64_t count;
};

/* Appends so many pages, 0 too. */
void page_map_add(struct page_map *map, char letter, uint64_t count);

/* Ends the map: "" when nothing was added.  The caller frees the text. */
char *page_map_take(struct page_map *map);

/* A map being read. */
struct page_map_reader {
    const char *at;
    char letter;    /* of the run just read */
    uint64_t count; /* its pages */
    uint64_t pages; /* read so far */
};

/* Begins to read; the text is borrowed. */
struct page_map_reader page_map_read(const char *text);

/* Reads the next run.  Returns 1, 0 at the end, or -1 when the text is no
 * map. */
int page_map_next(struct page_map_reader *reader);

/* How many pages a whole map stands for; -1 when the text is no map. */
int64_t page_map_pages(const char *text);

#endif
