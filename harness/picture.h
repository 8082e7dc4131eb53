/* picture.h: a heap as a picture: areas of memory, one cell for each page, or
 * for several pages side by side where there would be too many cells. */
#ifndef HARNESS_PICTURE_H
#define HARNESS_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "harness/page-map.h"

struct picture_area {
    char *name;
    uint64_t start; /* address */
    uint64_t pages;
    char *map; /* page-map.h; of as many pages */
};

/* Starts as all zero. */
struct picture {
    char *title;
    char **notes; /* sentences that a reader must know */
    size_t note_count;
    struct picture_area *areas; /* in address order */
    size_t area_count;
};

/* Appends an area, without the pages of nothing at its end; none where nothing
 * is left.  Takes the map over and copies the name.  Returns -1 when the text
 * is no map. */
int picture_add(struct picture *picture, const char *name, uint64_t start,
                char *map);

/* Appends a note. */
void picture_note(struct picture *picture, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void picture_clear(struct picture *picture);

struct colour {
    unsigned char red, green, blue;
};

/* The colour of a kind, by its index in page_kinds: a palette for the
 * colour-blind; what is broken is strong, all else pale. */
struct colour picture_colour(int kind);

struct picture_cell {
    char letter;          /* what most of its pages are; of as many, what comes
                           * last in page_kinds: broken kinds do */
    struct colour colour; /* the mixture of its pages' colours */
};

/* The cells of an area, each of `bucket` pages, the last perhaps of fewer; the
 * caller frees them. */
struct picture_cell *picture_cells(const struct picture_area *area,
                                   uint64_t bucket, size_t *count);

/* The smallest power of two so that no area has more than `limit` cells of so
 * many pages. */
uint64_t picture_bucket(const struct picture *picture, uint64_t limit);

/* Pages by kind, in the order of page_kinds: of an area, and of all together.
 */
void picture_count(const struct picture_area *area,
                   uint64_t counts[PAGE_MAP_KINDS]);
void picture_count_all(const struct picture *picture,
                       uint64_t counts[PAGE_MAP_KINDS]);

/* "328 pages: 300 shared (40 free), 28 broken (10 header, 18 payload)"; the
 * caller frees it. */
char *picture_sentence(const uint64_t counts[PAGE_MAP_KINDS]);

/* "gone", or "broken: header", for a legend; the caller frees it. */
char *picture_kind_words(int kind);

/* "a cell is 1 page of 4 KiB", or of how many; the caller frees it. */
char *picture_scale(uint64_t bucket);

/* Prints it as text, `width` cells a line: letters, or blocks in colour, two
 * lines of cells in one of text. */
void picture_print(const struct picture *picture, unsigned width, bool colours,
                   FILE *stream);

#endif
