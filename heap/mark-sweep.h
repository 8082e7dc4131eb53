/* mark-sweep.h: mark from the roots, then sweep all blocks and runs.
 *
 * The algorithm of the mark-sweep family.  It is included after a placement
 * (mark-header.h, mark-hash.h, mark-side.h), which says where the mark of an
 * object is; nothing else differs between the members.
 *
 * The sweep is eager.  It writes a free cell's link only for a newly freed
 * cell and the free cell before it, so a heap in which nothing died is not
 * written by the sweep itself. */
#ifndef HEAP_MARK_SWEEP_H
#define HEAP_MARK_SWEEP_H

#include "heap/budget.h"
#include "heap/collection-log.h"
#include "heap/frame.h"
#include "heap/mark-stack.h"

static struct {
    uint64_t collections;
    uint64_t in_use_bytes;   /* after the last collection */
    uint64_t marked_objects; /* of the last collection */
    uint64_t freed_objects;  /* of all collections */
    uint64_t link_writes;    /* free-list links that sweeps wrote */
} mark_sweep;

static inline void mark_reference(ref reference)
{
    struct object *object = (struct object *)reference.bits;
    if (object != NULL && !mark_test_and_set(object)) {
        mark_stack_push(object);
    }
}

static void mark_from_roots(void)
{
    for (const struct frame *frame = frame_top; frame; frame = frame->caller) {
        for (size_t i = 0; i < frame->count; i++) {
            mark_reference(frame->references[i]);
        }
    }
    uint64_t marked = 0;
    while (!mark_stack_is_empty()) {
        size_t count;
        const ref *references = object_references(mark_stack_pop(), &count);
        for (size_t i = 0; i < count; i++) {
            mark_reference(references[i]);
        }
        marked++;
    }
    mark_sweep.marked_objects = marked;
}

static void sweep_free_buffer(struct object *object)
{
    if (!(object->header & HEADER_BUFFERED)) {
        return;
    }
    const struct buffer *buffer = object_buffer(object);
    if (buffer->items == NULL) {
        return;
    }
    if (buffer->count * sizeof(ref) > CELL_MAX_BYTES) {
        large_release(&heap.large_buffers, buffer->items);
    } else {
        cells_release(&heap.small_buffers, buffer->items);
    }
}

/* Walks a block's cells along its chain of free ones, and links the dead in. */
static void sweep_block(struct block *block, char *start)
{
    struct cell **link = &block->free; /* where the next free cell is named */
    struct cell *next_free = block->free;
    char *end = start + block->fresh;
    for (char *cell = start; cell < end; cell += block->cell_bytes) {
        struct cell *as_cell = (struct cell *)cell;
        if (as_cell == next_free) {
            link = &as_cell->next;
            next_free = as_cell->next;
        } else if (!mark_sweep_keeps((struct object *)cell)) {
            sweep_free_buffer((struct object *)cell);
            as_cell->next = next_free;
            *link = as_cell;
            link = &as_cell->next;
            block->used--;
            mark_sweep.freed_objects++;
            mark_sweep.link_writes++;
        }
    }
}

static void sweep_large(void)
{
    uint32_t *runs = large_runs(&heap.large);
    for (size_t page = 0; page < heap.large.page_count;) {
        uint32_t pages = runs[page];
        if (pages != 0) {
            struct object *object =
                (struct object *)large_start(&heap.large, page);
            if (!mark_sweep_keeps(object)) {
                sweep_free_buffer(object);
                runs[page] = 0;
                mark_sweep.freed_objects++;
            }
        }
        page += pages ? pages : 1;
    }
}

static void sweep(void)
{
    cells_flush(&heap.small);
    cells_flush(&heap.small_buffers);
    for (uint32_t i = 0; i < heap.small.block_count; i++) {
        struct block *block = cells_block(&heap.small, i);
        if (block->cell_bytes != 0) {
            sweep_block(block, cells_block_start(&heap.small, i));
        }
    }
    sweep_large();
    mark_sweep.in_use_bytes =
        cells_rebuild(&heap.small) + large_rebuild(&heap.large) +
        cells_rebuild(&heap.small_buffers) + large_rebuild(&heap.large_buffers);
    budget_renew(mark_sweep.in_use_bytes);
}

static void mark_sweep_collect(enum collection_kind kind,
                               enum collection_why why)
{
    (void)kind; /* every collection of this family is full */
    uint64_t start = clock_now();
    mark_begin();
    mark_from_roots();
    mark_stack_release();
    sweep();
    mark_end();
    mark_sweep.collections++;
    collection_finish(COLLECTION_FULL, why, start);
}

static void heap_exhausted(void)
{
    mark_sweep_collect(COLLECTION_FULL, COLLECTION_THRESHOLD);
}

#endif
