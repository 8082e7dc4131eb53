/* extents.h: what lies where in the shared heap, for the collector's operation
 * each_extent.  It reads the tables, the chains and the headers, and writes
 * nothing. */
#ifndef HEAP_EXTENTS_H
#define HEAP_EXTENTS_H

#include "heap/heap.h"

static void extent_of_object(struct object *object, extent_visitor *visit,
                             void *context)
{
    visit(object, object_bytes(object), EXTENT_OBJECT, context);
    if (object->header & HEADER_BUFFERED) {
        const struct buffer *buffer = object_buffer(object);
        if (buffer->items != NULL) {
            visit(buffer->items, buffer->count * sizeof(ref), EXTENT_BUFFER,
                  context);
        }
    }
}

/* The objects and free cells of a space of objects. */
static inline void extents_of_cells(const struct cells *cells,
                                    extent_visitor *visit, void *context)
{
    for (uint32_t i = 0; i < cells->block_count; i++) {
        size_t bytes = cells_block(cells, i)->cell_bytes;
        if (bytes == 0) {
            continue;
        }
        struct cell_walk walk = cell_walk_begin(cells, i);
        const char *fresh = cells_fresh_of(cells, i);
        for (char *cell = cells_block_start(cells, i); cell < fresh;
             cell += bytes) {
            if (cell_walk_free(&walk, cell)) {
                visit(cell, bytes, EXTENT_FREE, context);
            } else {
                extent_of_object((struct object *)cell, visit, context);
            }
        }
    }
}

static void extents_of_large(const struct large *large, extent_visitor *visit,
                             void *context)
{
    for (size_t page = 0; page < large->page_count;) {
        uint32_t pages = large_pages(large, page);
        if (pages != 0) {
            extent_of_object((struct object *)large_start(large, page), visit,
                             context);
        }
        page += pages ? pages : 1;
    }
}

/* The free cells alone, of a space whose chains have no order. */
static inline void extents_of_free_cells(const struct cells *cells,
                                         extent_visitor *visit, void *context)
{
    for (uint32_t i = 0; i < cells->block_count; i++) {
        size_t bytes = cells_block(cells, i)->cell_bytes;
        if (bytes == 0) {
            continue;
        }
        struct cell_walk walk = cell_walk_begin(cells, i);
        if (option_free == FREE_LIST) {
            for (const struct cell *cell = walk.next; cell; cell = cell->next) {
                visit(cell, bytes, EXTENT_FREE, context);
            }
            continue;
        }
        const char *fresh = cells_fresh_of(cells, i);
        for (char *cell = cells_block_start(cells, i); cell < fresh;
             cell += bytes) {
            if (cell_walk_free(&walk, cell)) {
                visit(cell, bytes, EXTENT_FREE, context);
            }
        }
    }
}

static inline void heap_each_extent(extent_visitor *visit, void *context)
{
    extents_of_cells(&heap.small, visit, context);
    extents_of_large(&heap.large, visit, context);
    extents_of_free_cells(&heap.small_buffers, visit, context);
}

#endif
