/* counted-extents.h: what lies where in a heap of counted objects.
 *
 * Cells are freed in any order, so which of a block are free is found out by
 * going along its whole chain first. */
#ifndef HEAP_COUNTED_EXTENTS_H
#define HEAP_COUNTED_EXTENTS_H

#include "heap/counted-heap.h"

/* What a cyclic collector keeps before an object's count. */
static inline void cycle_extent(const struct object *object,
                                extent_visitor *visit, void *context);

static void counted_extent(struct object *object, extent_visitor *visit,
                           void *context)
{
    cycle_extent(object, visit, context);
    count_extent(object, visit, context);
    extent_of_object(object, visit, context);
}

static void counted_extents_of_block(const struct cells *cells, uint32_t index,
                                     extent_visitor *visit, void *context)
{
    static bool is_free[BLOCK_MOST_BYTES / OBJECT_GRANULE];
    size_t bytes = cells_block(cells, index)->cell_bytes;
    char *start = cells_block_start(cells, index);
    const char *fresh = cells_fresh_of(cells, index);
    memset(is_free, 0, sizeof is_free);
    for (const struct cell *cell = cell_walk_begin(cells, index).next; cell;
         cell = cell->next) {
        is_free[(size_t)((const char *)cell - start) / OBJECT_GRANULE] = true;
    }
    for (char *cell = start; cell < fresh; cell += bytes) {
        if (is_free[(size_t)(cell - start) / OBJECT_GRANULE]) {
            visit(cell, bytes, EXTENT_FREE, context);
        } else {
            counted_extent(cell_object(cell, false), visit, context);
        }
    }
}

static void counted_each_extent(extent_visitor *visit, void *context)
{
    for (uint32_t i = 0; i < heap.small.block_count; i++) {
        if (cells_block(&heap.small, i)->cell_bytes != 0) {
            counted_extents_of_block(&heap.small, i, visit, context);
        }
    }
    for (size_t page = 0; page < heap.large.page_count;) {
        uint32_t pages = large_pages(&heap.large, page);
        if (pages != 0) {
            counted_extent(cell_object(large_start(&heap.large, page), true),
                           visit, context);
        }
        page += pages ? pages : 1;
    }
    extents_of_free_cells(&heap.small_buffers, visit, context);
}

#endif
