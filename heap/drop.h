/* drop.h: free memory goes back to the kernel: empty blocks, the gaps between
 * large pieces, and, where free cells are told by a bitmap, whole pages of
 * them.  A chain of free cells lies in their pages, so there these stay.
 *
 * Ruby's Process.warmup frees the empty pages of the heap and calls
 * malloc_trim(); the spaces of the buffers stand for what that trims. */
#ifndef HEAP_DROP_H
#define HEAP_DROP_H

#include "heap/heap.h"

static uint64_t dropped_bytes;

static void drop_pages(struct region *region, char *start, size_t bytes)
{
    if (bytes > 0) {
        region_release(region, (size_t)(start - region->start), bytes);
        dropped_bytes += bytes;
    }
}

/* The pages of a block that only free cells touch. */
static void drop_free_pages(struct cells *cells, uint32_t index)
{
    const struct block *block = cells_block(cells, index);
    char *start = cells_block_start(cells, index);
    uint32_t used_end = 0; /* offset where the last used cell ends */
    for (uint32_t cell = 0; cell < block->fresh; cell += block->cell_bytes) {
        bool last = cell + block->cell_bytes >= block->fresh;
        bool used = !free_bit(cells, start + cell);
        if (used || last) {
            uint32_t end = used ? cell : block->fresh;
            uint32_t first =
                (used_end + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
            end = end / PAGE_BYTES * PAGE_BYTES;
            drop_pages(&cells->region, start + first,
                       end > first ? end - first : 0);
            used_end = cell + block->cell_bytes;
        }
    }
}

static void drop_cells(struct cells *cells)
{
    cells_flush(cells);
    for (uint32_t i = 0; i < cells->block_count; i++) {
        if (cells_block(cells, i)->cell_bytes == 0) {
            drop_pages(&cells->region, cells_block_start(cells, i),
                       cells->block_bytes);
        } else if (option_free != FREE_LIST) {
            drop_free_pages(cells, i);
        }
    }
    cells_rebuild(cells);
}

static void drop_large(struct large *large)
{
    size_t gap = 0; /* its first page */
    for (size_t page = 0; page <= large->page_count; page++) {
        size_t pages = page < large->page_count ? large_pages(large, page) : 1;
        if (pages > 0) {
            drop_pages(&large->region, large_start(large, gap),
                       (page - gap) * PAGE_BYTES);
            gap = page + pages;
            page = gap - 1;
        }
    }
}

/* All that is free, between two collections. */
static void drop(void)
{
    drop_cells(&heap.small);
    drop_cells(&heap.small_buffers);
    drop_large(&heap.large);
    drop_large(&heap.large_buffers);
}

#endif
