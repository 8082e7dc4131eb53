/* old-slots.h: the slots of gencopy's old memory, found by their addresses.
 *
 * Old memory is the space that objects are copied to, large objects, and
 * buffers, small and large.  In the first an object is found from the table of
 * object starts, in the others from the tables of runs and blocks.  A small
 * buffer that is free is told by its bit; one that is used is cleared as a
 * whole when it is taken, so that all of its words are references. */
#ifndef HEAP_OLD_SLOTS_H
#define HEAP_OLD_SLOTS_H

#include "heap/minor.h"
#include "heap/object-starts.h"
#include "heap/semispace.h"
#include "heap/watch.h"

#define OLD_SLOTS_METADATA                                                     \
    {                                                                          \
        "object-start", "side", 16, 512,                                       \
            "when objects are copied to the old generation, and in it"         \
    }

static struct {
    struct object_starts starts; /* of the active space */
    size_t cursor; /* page of large pieces that the last visit ended before */
    uint64_t scanned;
} old_slots;

/* The slots of [start, end) among these, which begin at an address. */
TRACE_INLINE void slots_visit(void *at, size_t count, const char *start,
                              const char *end)
{
    char *first = at;
    char *last = first + count * sizeof(ref);
    first = first < start ? (char *)start : first;
    last = last > end ? (char *)end : last;
    if (first < last) {
        count = (size_t)(last - first) / sizeof(ref);
        old_slots.scanned += count;
        trace_slots((ref *)first, count, minor_visit_old);
    }
}

TRACE_INLINE void slots_of_object(struct object *object, const char *start,
                                  const char *end)
{
    slots_visit(object->words, header_references(object->header), start, end);
}

static void slots_of_copies(const char *start, const char *end)
{
    const struct copy_space *space = &semispace.active;
    char *at = space->region.start +
               object_starts_before(&old_slots.starts,
                                    (size_t)(start - space->region.start));
    while (at < end) {
        struct object *object = (struct object *)at;
        slots_of_object(object, start, end);
        at = copy_space_after(space, object);
    }
}

/* The first page of the run that a page lies in, or the page; runs that came
 * since the visits began may be passed over. */
static size_t run_start(const struct large *large, size_t page)
{
    size_t at = old_slots.cursor <= page ? old_slots.cursor : 0;
    for (;;) {
        uint32_t pages = large_pages(large, at);
        size_t after = at + (pages ? pages : 1);
        if (after > page) {
            return at;
        }
        at = after;
    }
}

TRACE_INLINE void slots_of_runs(const struct large *large, bool objects,
                                const char *start, const char *end)
{
    size_t page = run_start(large, large_page_of(large, start));
    while (large_start(large, page) < end) {
        uint32_t pages = large_pages(large, page);
        char *run = large_start(large, page);
        old_slots.cursor = page;
        if (pages > 0 && objects) {
            slots_of_object((struct object *)run, start, end);
        } else {
            slots_visit(run, pages * PAGE_BYTES / sizeof(ref), start, end);
        }
        page += pages ? pages : 1;
    }
}

static void slots_of_large(const char *start, const char *end)
{
    slots_of_runs(&heap.large, true, start, end);
}

static void slots_of_large_buffers(const char *start, const char *end)
{
    slots_of_runs(&heap.large_buffers, false, start, end);
}

static void slots_of_small_buffers(const char *start, const char *end)
{
    const struct cells *cells = &heap.small_buffers;
    uint32_t last = cells_block_of(cells, end - 1);
    for (uint32_t i = cells_block_of(cells, start); i <= last; i++) {
        size_t bytes = cells_block(cells, i)->cell_bytes;
        if (bytes == 0) {
            continue;
        }
        struct cell_walk walk = cell_walk_begin(cells, i);
        const char *fresh = cells_fresh_of(cells, i);
        char *cell = cells_block_start(cells, i);
        if (start > cell) {
            cell += (size_t)(start - cell) / bytes * bytes;
        }
        for (; cell < fresh && cell < end; cell += bytes) {
            if (!cell_walk_free(&walk, cell)) {
                slots_visit(cell, bytes / sizeof(ref), start, end);
            }
        }
    }
}

/* Calls `each` with each stretch of old memory that is in use, and the function
 * that visits the slots of a part of it; parts in the order of their addresses.
 * What is promoted meanwhile is not among them. */
TRACE_INLINE void old_slots_each(void (*each)(char *start, char *end,
                                              stretch_visitor *visit))
{
    const struct copy_space *space = &semispace.active;
    char *end = space->next;
    char *large = large_start(&heap.large, heap.large.page_count);
    if (space->gap != NULL) {
        each(space->first, space->gap, slots_of_copies);
        each(space->gap_end, end, slots_of_copies);
    } else {
        each(space->first, end, slots_of_copies);
    }
    old_slots.cursor = 0;
    each(heap.large.region.start, large, slots_of_large);
    each(cells_block_start(&heap.small_buffers, 0),
         cells_block_start(&heap.small_buffers, heap.small_buffers.block_count),
         slots_of_small_buffers);
    old_slots.cursor = 0;
    each(heap.large_buffers.region.start,
         large_start(&heap.large_buffers, heap.large_buffers.page_count),
         slots_of_large_buffers);
}

/* With object starts for units of so many bytes, or for pages. */
static void old_slots_open(unsigned shift)
{
    object_starts_open(&old_slots.starts, semispace.active.region.reserved,
                       shift);
    old_slots.scanned = 0;
    heap_clears_rooms = true;
}

static void old_slots_close(void)
{
    region_close(&old_slots.starts.region);
}

static void old_slots_each_region(region_visitor *visit, void *context)
{
    visit(&old_slots.starts.region, context);
}

static inline void old_slots_placed(const void *place, size_t bytes)
{
    const char *start = semispace.active.region.start;
    object_starts_note(&old_slots.starts, (size_t)((const char *)place - start),
                       object_room(bytes));
}

#endif
