/* sweep.h: passes over all blocks and runs and frees what is not kept.
 *
 * The algorithm defines sweep_keeps(), which says whether an object lives and
 * leaves it as the next collection wants to find it.  An eager sweep is done
 * within the collection.  A lazy one sweeps large objects at once and a block
 * when its class needs room, and the rest before the next collection; a fork
 * may fall between, and each worker then sweeps for itself.
 *
 * A free cell's link is written only for a newly freed cell and the free cell
 * before it, so a heap in which nothing died is not written by the sweep
 * itself.  Blocks below the seal are passed over, or, where sweep_keeps()
 * clears marks in objects, visited without freeing. */
#ifndef HEAP_SWEEP_H
#define HEAP_SWEEP_H

#include "heap/budget.h"
#include "heap/heap.h"

enum { SWEEP_EAGER, SWEEP_LAZY };

static int64_t option_sweep = SWEEP_EAGER;

#define SWEEP_OPTION                                                           \
    {                                                                          \
        "sweep", &option_sweep, 0, 1, "eager|lazy", NULL,                      \
            "within the collection, or when room is needed"                    \
    }

/* The options of every collector that sweeps the shared heap. */
#define SWEEP_OPTIONS                                                          \
    HEAP_OPTIONS, BUDGET_OPTION_GROWTH, FREE_SPACE_OPTION_FREE,                \
        FREE_SPACE_OPTION_ZERO, SWEEP_OPTION

/* What every collector keeps that sweeps the shared heap. */
#define SWEEP_METADATA                                                         \
    {"free-link", "body", 64, 0, "free = list: in dead cells, by the sweep"},  \
        {"zero", "body", 0, 0, "zero = sweep: dead memory, by the sweep"},     \
        {"free-bit", "side", 1, OBJECT_GRANULE,                                \
         "free = bitmap and pages: by the sweep and when cells are handed "    \
         "out"},                                                               \
        {"block", "side", 256, BLOCK_MOST_BYTES,                               \
         "when a block is handed out, emptied or swept"},                      \
        {"run", "side", 32, PAGE_BYTES, "when a large piece comes or goes"},   \
    {                                                                          \
        "mark-stack", "side", 64, 0,                                           \
            "by the marking, for objects reached and not yet scanned; given "  \
            "back after it"                                                    \
    }

/* The number in a block that no sweep ever passes again. */
#define SWEPT_FOREVER UINT32_MAX

static struct {
    bool pending;    /* a collection has marked, and not all is swept */
    uint32_t number; /* of the sweep; blocks that it passed bear it */
    uint32_t cursor[SIZE_CLASS_COUNT]; /* next block to look at for a class */
    uint64_t in_use_bytes;             /* after the last sweep */
    uint64_t freed_objects;            /* of all sweeps */
    uint64_t link_writes;              /* free-list links that they wrote */
} sweep;

/* Whether the object lives; it is left unmarked, where marks are cleared so. */
static inline bool sweep_keeps(struct object *object);

/* Called when the last block is swept. */
static void sweep_ended(void);

/* Whether sweep_keeps() writes into objects. */
static const bool sweep_writes_objects;

static inline void sweep_free(struct object *object)
{
    heap_release_buffer(object);
    sweep.freed_objects++;
}

/* Walks along the chain of free cells, and links the dead in. */
static void sweep_into_list(struct block *block, char *start)
{
    struct cell **link = &block->free; /* where the next free cell is named */
    struct cell *next_free = block->free;
    char *end = start + block->fresh;
    for (char *cell = start; cell < end; cell += block->cell_bytes) {
        struct cell *as_cell = (struct cell *)cell;
        if (as_cell == next_free) {
            link = &as_cell->next;
            next_free = as_cell->next;
        } else if (!sweep_keeps((struct object *)cell)) {
            sweep_free((struct object *)cell);
            if (option_zero == ZERO_SWEEP) {
                memset(cell, 0, block->cell_bytes);
            }
            as_cell->next = next_free;
            *link = as_cell;
            link = &as_cell->next;
            block->used--;
            sweep.link_writes++;
        }
    }
}

static void sweep_into_bitmap(struct block *block, char *start)
{
    char *end = start + block->fresh;
    for (char *cell = start; cell < end; cell += block->cell_bytes) {
        if (!free_bit(&heap.small, cell) &&
            !sweep_keeps((struct object *)cell)) {
            sweep_free((struct object *)cell);
            if (option_zero == ZERO_SWEEP) {
                memset(cell, 0, block->cell_bytes);
            }
            free_bit_set(&heap.small, cell);
            block->used--;
        }
    }
}

static void sweep_block(uint32_t index)
{
    struct block *block = cells_block(&heap.small, index);
    char *start = cells_block_start(&heap.small, index);
    block->swept = sweep.number;
    if (index < heap.small.sealed) {
        struct cell_walk walk = cell_walk_begin(&heap.small, index);
        char *end = start + block->fresh;
        for (char *cell = start; sweep_writes_objects && cell < end;
             cell += block->cell_bytes) {
            if (!cell_walk_free(&walk, cell)) {
                sweep_keeps((struct object *)cell);
            }
        }
    } else if (option_free == FREE_LIST) {
        sweep_into_list(block, start);
    } else {
        sweep_into_bitmap(block, start);
    }
}

static bool sweep_owes(uint32_t index)
{
    const struct block *block = cells_block(&heap.small, index);
    return block->cell_bytes != 0 && block->swept != sweep.number &&
           block->swept != SWEPT_FOREVER;
}

static void sweep_large(void)
{
    for (size_t page = 0; page < heap.large.page_count;) {
        uint32_t pages = large_pages(&heap.large, page);
        if (pages != 0) {
            struct object *object =
                (struct object *)large_start(&heap.large, page);
            if (!sweep_keeps(object)) {
                sweep_free(object);
                heap_release_large(&heap.large, object);
            }
        }
        page += pages ? pages : 1;
    }
}

/* Rebuilds the chains of all spaces, and starts a budget from what is in use.
 */
static void sweep_account(void)
{
    sweep.in_use_bytes =
        cells_rebuild(&heap.small) + large_rebuild(&heap.large) +
        cells_rebuild(&heap.small_buffers) + large_rebuild(&heap.large_buffers);
    budget_renew(sweep.in_use_bytes);
}

/* Everything that is still owed; then allocation has exact chains again. */
static void sweep_finish(void)
{
    if (!sweep.pending) {
        return;
    }
    enum phase before = phase_enter(PHASE_SWEEP);
    for (uint32_t i = 0; i < heap.small.block_count; i++) {
        if (sweep_owes(i)) {
            sweep_block(i);
        }
    }
    sweep.pending = false;
    sweep_account();
    sweep_ended();
    phase_enter(before);
}

/* After the marking: from here on a sweep is pending. */
static void sweep_begin(void)
{
    enum phase before = phase_enter(PHASE_SWEEP);
    cells_flush(&heap.small);
    cells_withdraw(&heap.small);
    sweep.number++;
    heap.small.sweep = sweep.number;
    memset(sweep.cursor, 0, sizeof sweep.cursor);
    sweep.pending = true;
    sweep_large();
    large_rebuild(&heap.large);
    /* Until it is known what survived, as much as survived the last time. */
    budget_renew(sweep.in_use_bytes);
    phase_enter(before);
}

/* Sweeps until the class has room; false: it owes no more. */
static bool sweep_class(unsigned size_class)
{
    uint32_t *cursor = &sweep.cursor[size_class];
    while (*cursor < heap.small.block_count) {
        uint32_t index = (*cursor)++;
        if (sweep_owes(index) &&
            cells_block(&heap.small, index)->size_class == size_class) {
            sweep_block(index);
            cells_offer(&heap.small, index);
            if (heap.small.classes[size_class].available == index) {
                return true;
            }
        }
    }
    return false;
}

static bool heap_sweep_for(struct cells *cells, unsigned size_class)
{
    if (!sweep.pending || cells != &heap.small) {
        return false;
    }
    if (option_sweep == SWEEP_EAGER) { /* the fork came between */
        sweep_finish();
        return true;
    }
    enum phase before = phase_enter(PHASE_SWEEP);
    bool found = sweep_class(size_class);
    phase_enter(before);
    return found;
}

#endif
