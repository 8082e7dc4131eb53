/* page-map.h: what became of each page of a region in one worker, as text.
 *
 * A map is a string of runs, in address order from the region's first page on:
 * a letter, then how many pages in a row it stands for, which is left out where
 * it is 1: "s120hs4.17" is 142 pages.  Each map has one form: no count of 0 or
 * 1, none with a zero in front, and no two runs of a letter side by side; what
 * follows its last run is nothing.
 * Letters, with the words of smaps/ledger.h:
 *   s  shared       inherited, not written by anyone since
 *   e  free         shared, and no object lies on it, nor a buffer of one: only
 *                   where the subject tells (subjects/PROTOCOL.md, Contents)
 *   k  pinned       shared, and an object on it cannot be moved: likewise
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
 *   u  unknown      broken; what was written is not known
 * A map of changes has one letter more, and that is what follows its last run:
 *   =  unchanged    what it was in the map before */
#ifndef HARNESS_PAGE_MAP_H
#define HARNESS_PAGE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_MAP_KINDS 15

struct page_kind {
    char letter;
    const char *name;
    const char *group; /* "shared" or "broken"; NULL: it is neither */
};

/* All letters, as listed above. */
extern const struct page_kind page_kinds[PAGE_MAP_KINDS];

/* The index of a letter in page_kinds, or -1. */
int page_kind_index(char letter);

/* Whether a letter stands for a broken page. */
bool page_kind_is_broken(char letter);

/* The letter of a broken page, from what `describe` says of the address that
 * was written (subjects/PROTOCOL.md): two words of its answer; `process` for a
 * placement is outside the heap. */
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
    bool of_changes;
};

/* Begins to read a map, or a map of changes; the text is borrowed. */
struct page_map_reader page_map_read(const char *text);
struct page_map_reader page_map_read_changes(const char *text);

/* Reads the next run.  Returns 1, 0 at the end, or -1 when the text is no
 * map. */
int page_map_next(struct page_map_reader *reader);

/* The map that has for each page what `combine` makes of its letters in two
 * others; the caller frees it.  A last run of `nothing` is left out: '.', or
 * '=' where changes come out.  NULL when one of the two is no map. */
char *page_map_combine(struct page_map_reader first,
                       struct page_map_reader second,
                       char (*combine)(char first, char second), char nothing);

/* How many pages a whole map stands for; -1 when the text is no map. */
int64_t page_map_pages(const char *text);

#endif
