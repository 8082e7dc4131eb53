/* layout.c: see layout.h. */
#include "subjects/c/layout.h"

#include "heap/object.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* The distinct pages of spans that come in any order: a bit for each page of
 * the address range that they were found in, or will be. */
struct page_set {
    uintptr_t first, last; /* pages */
    unsigned char *bits;   /* NULL while the range is being found */
    size_t pages;
};

enum page_kind {
    PAGES_OF_OBJECTS,
    PAGES_OF_HEADERS,
    PAGES_OF_FREE_CELLS,
    PAGES_OF_MARKS,
    SIDE_PAGES_OF_MARKS,
    PAGE_KINDS
};

#define SIDE_REGIONS_MOST 64

struct layout {
    struct region side[SIDE_REGIONS_MOST];
    size_t side_count;
    uint64_t objects;
    uint64_t object_bytes;
    uint64_t buffer_bytes;
    uint64_t free_cells;
    struct page_set sets[PAGE_KINDS];
};

static void page_set_add(struct page_set *set, const void *start, size_t bytes)
{
    uintptr_t first = (uintptr_t)start / PAGE_BYTES;
    uintptr_t last = ((uintptr_t)start + bytes - 1) / PAGE_BYTES;
    if (set->bits == NULL) {
        set->first = first < set->first ? first : set->first;
        set->last = last > set->last ? last : set->last;
        return;
    }
    for (uintptr_t page = first - set->first; page <= last - set->first;
         page++) {
        unsigned char bit = (unsigned char)(1u << page % 8);
        set->pages += !(set->bits[page / 8] & bit);
        set->bits[page / 8] |= bit;
    }
}

static size_t page_set_room(const struct page_set *set)
{
    return set->last < set->first ? 1 : (set->last - set->first) / 8 + 1;
}

static void layout_add_region(const struct region *region, void *context)
{
    struct layout *layout = context;
    if (region_is_side(region) && layout->side_count < SIDE_REGIONS_MOST) {
        layout->side[layout->side_count++] = *region;
    }
}

static enum page_kind mark_pages_of(const struct layout *layout,
                                    const void *mark)
{
    for (size_t i = 0; i < layout->side_count; i++) {
        if (region_holds(&layout->side[i], mark)) {
            return SIDE_PAGES_OF_MARKS;
        }
    }
    return PAGES_OF_MARKS;
}

static void layout_add(const void *start, size_t bytes, const char *what,
                       void *context)
{
    struct layout *layout = context;
    if (strcmp(what, EXTENT_OBJECT) == 0) {
        const void *mark = collector.mark_of(start);
        layout->objects++;
        layout->object_bytes += bytes;
        page_set_add(&layout->sets[PAGES_OF_OBJECTS], start, bytes);
        page_set_add(&layout->sets[PAGES_OF_HEADERS], start, HEADER_BYTES);
        if (mark != NULL) {
            page_set_add(&layout->sets[mark_pages_of(layout, mark)], mark, 1);
        }
    } else if (strcmp(what, EXTENT_BUFFER) == 0) {
        layout->buffer_bytes += bytes;
    } else if (strcmp(what, EXTENT_FREE) == 0) {
        layout->free_cells++;
        page_set_add(&layout->sets[PAGES_OF_FREE_CELLS], start, bytes);
    }
}

/* Memory of its own mapping, so that counting does not grow what is counted. */
static void page_set_open(struct page_set *set)
{
    set->bits = mmap(NULL, page_set_room(set), PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (set->bits == MAP_FAILED) {
        fputs("layout: no memory to count the heap in\n", stderr);
        exit(EXIT_FAILURE);
    }
}

void layout_visit(number_visitor *visit, void *context)
{
    struct layout layout = {0};
    for (int i = 0; i < PAGE_KINDS; i++) {
        layout.sets[i].first = UINTPTR_MAX;
    }
    collector.each_region(layout_add_region, &layout);
    collector.each_extent(layout_add, &layout); /* finds the ranges */
    layout.objects = layout.object_bytes = 0;
    layout.buffer_bytes = layout.free_cells = 0;
    for (int i = 0; i < PAGE_KINDS; i++) {
        page_set_open(&layout.sets[i]);
    }
    collector.each_extent(layout_add, &layout);
    visit("objects", layout.objects, context);
    visit("object_bytes", layout.object_bytes, context);
    visit("buffer_bytes", layout.buffer_bytes, context);
    visit("object_pages", layout.sets[PAGES_OF_OBJECTS].pages, context);
    visit("header_pages", layout.sets[PAGES_OF_HEADERS].pages, context);
    visit("mark_pages", layout.sets[PAGES_OF_MARKS].pages, context);
    visit("side_mark_pages", layout.sets[SIDE_PAGES_OF_MARKS].pages, context);
    visit("free_cells", layout.free_cells, context);
    visit("free_cell_pages", layout.sets[PAGES_OF_FREE_CELLS].pages, context);
    for (int i = 0; i < PAGE_KINDS; i++) {
        munmap(layout.sets[i].bits, page_set_room(&layout.sets[i]));
    }
}
