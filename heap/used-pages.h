/* used-pages.h: which addresses of the shared heap are in use. */
#ifndef HEAP_USED_PAGES_H
#define HEAP_USED_PAGES_H

#include "heap/heap.h"
#include "heap/watch.h"

static void used_cells(const struct cells *cells, stretch_visitor *visit)
{
    for (uint32_t i = 0; i < cells->block_count; i++) {
        if (cells_block(cells, i)->cell_bytes != 0) {
            visit(cells_block_start(cells, i), cells_fresh_of(cells, i));
        }
    }
}

static void used_large(const struct large *large, stretch_visitor *visit)
{
    visit(large_start(large, 0), large_start(large, large->page_count));
}

static void used_buffers(stretch_visitor *visit)
{
    used_cells(&heap.small_buffers, visit);
    used_large(&heap.large_buffers, visit);
}

#endif
