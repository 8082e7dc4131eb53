/* handle-compact.h: bodies moved together, which no reference notices.
 *
 * Of each size class as many blocks are kept, from the lowest address up, as
 * its objects need; the bodies in the others are copied into the free cells of
 * those, and their entries updated.  The emptied blocks' pages go back to the
 * kernel.  Large objects and buffers stay. */
#ifndef HEAP_HANDLE_COMPACT_H
#define HEAP_HANDLE_COMPACT_H

#include "heap/heap.h"
#include "heap/reference-table.h"

static struct {
    uint32_t vacated[SIZE_CLASS_COUNT]; /* blocks of a class from here on */
    uint64_t moved_objects, moved_bytes;
} handle_compact;

static inline bool handle_block_is_vacated(uint32_t index)
{
    const struct block *block = cells_block(&heap.small, index);
    return block->cell_bytes != 0 &&
           index >= handle_compact.vacated[block->size_class];
}

/* Says which blocks are kept, and offers only these for allocation. */
static void handle_compact_plan(void)
{
    struct cells *cells = &heap.small;
    size_t used[SIZE_CLASS_COUNT] = {0};
    size_t room[SIZE_CLASS_COUNT] = {0};
    for (uint32_t i = 0; i < cells->block_count; i++) {
        const struct block *block = cells_block(cells, i);
        used[block->size_class] += block->cell_bytes != 0 ? block->used : 0;
    }
    memset(handle_compact.vacated, 0xff, sizeof handle_compact.vacated);
    cells_withdraw(cells);
    for (uint32_t i = 0; i < cells->block_count; i++) {
        const struct block *block = cells_block(cells, i);
        unsigned size_class = block->size_class;
        if (block->cell_bytes == 0) {
            continue;
        }
        if (room[size_class] < used[size_class]) {
            room[size_class] += cells_capacity(cells, block);
            cells_offer(cells, i);
        } else if (handle_compact.vacated[size_class] == BLOCK_NONE) {
            handle_compact.vacated[size_class] = i;
        }
    }
}

static struct object *handle_compact_move(const struct object *object,
                                          struct block *block)
{
    size_t bytes = object_bytes(object);
    void *body = cells_take(&heap.small, block->size_class);
    while (body == NULL) {
        cells_refill(&heap.small, block->size_class);
        body = cells_take(&heap.small, block->size_class);
    }
    block->used--;
    handle_compact.moved_objects++;
    handle_compact.moved_bytes += bytes;
    return memcpy(body, object, bytes);
}

static void handle_compact_release(void)
{
    struct cells *cells = &heap.small;
    for (uint32_t i = 0; i < cells->block_count; i++) {
        if (handle_block_is_vacated(i) && cells_block(cells, i)->used == 0) {
            region_release(&cells->region, i * cells->block_bytes,
                           cells->block_bytes);
        }
    }
}

/* After a full collection. */
static void handle_compact_bodies(void)
{
    uint32_t end;
    enum phase before = phase_enter(PHASE_COMPACT);
    cells_flush(&heap.small);
    cells_rebuild(&heap.small);
    handle_compact_plan();
    end = heap.small.block_count;
    for (uintptr_t i = 1; i < reference_table.fresh; i++) {
        uintptr_t *entry = &reference_table.entries[i];
        struct object *object = (struct object *)*entry;
        if (*entry & ENTRY_FREE || !region_holds(&heap.small.region, object)) {
            continue;
        }
        uint32_t index = cells_block_of(&heap.small, object);
        if (index < end && handle_block_is_vacated(index)) {
            *entry = (uintptr_t)handle_compact_move(
                object, cells_block(&heap.small, index));
        }
    }
    cells_flush(&heap.small);
    handle_compact_release();
    cells_rebuild(&heap.small);
    phase_enter(before);
}

#endif
