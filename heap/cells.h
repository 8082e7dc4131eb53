/* cells.h: a space of small cells, in blocks of one size each.
 *
 * A block is 64 KiB, aligned to its size, cut into equal cells from its start.
 * What is known of a block lies in a table beside the space.  Its cells are in
 * use, free, or fresh: never used since the block was handed out, beyond an
 * offset that only grows.  Free cells are chained through their first word.
 * Where cells hold objects the chain is kept in address order, as PyPy's
 * minimarkpage.py does: a sweep then tells free cells from used ones by walking
 * the chain along, and writes a link only where a cell was newly freed.
 *
 * Each size class allocates from one current block at a time, first its chain,
 * then its fresh cells; then it takes the lowest block that has room. */
#ifndef HEAP_CELLS_H
#define HEAP_CELLS_H

#include "heap/region.h"
#include "heap/size-class.h"

#define BLOCK_BYTES ((size_t)65536)
#define BLOCK_NONE  UINT32_MAX

struct cell { /* a free one */
    struct cell *next;
};

struct block {
    struct cell *free;   /* chain; kept in the class while current */
    uint32_t fresh;      /* offset of the first fresh cell, likewise */
    uint32_t used;       /* cells in use; all of them while current */
    uint32_t next;       /* in a chain of blocks, or BLOCK_NONE */
    uint16_t cell_bytes; /* 0: no class has the block */
    uint16_t size_class;
};

struct size_class {
    struct cell *free; /* of the current block */
    char *fresh;       /* likewise */
    char *fresh_end;
    size_t cell_bytes;
    uint32_t current;   /* block, or BLOCK_NONE */
    uint32_t available; /* chain of blocks with room, lowest first */
};

struct cells {
    struct region region;
    struct region table; /* of struct block */
    uint32_t block_count;
    uint32_t empty; /* chain of blocks that no class has, lowest first */
    struct size_class classes[SIZE_CLASS_COUNT];
};

static inline struct block *cells_block(const struct cells *cells,
                                        uint32_t index)
{
    return (struct block *)cells->table.start + index;
}

static inline char *cells_block_start(const struct cells *cells, uint32_t index)
{
    return cells->region.start + index * BLOCK_BYTES;
}

static inline uint32_t cells_block_of(const struct cells *cells,
                                      const void *address)
{
    return (uint32_t)(((const char *)address - cells->region.start) /
                      BLOCK_BYTES);
}

static inline uint32_t block_capacity(const struct block *block)
{
    return (uint32_t)(BLOCK_BYTES / block->cell_bytes);
}

/* Opens a space in its region, which is open already; `table` names the block
 * table. */
static void cells_open(struct cells *cells, const char *table)
{
    region_open(&cells->table, table, REGION_SIDE,
                cells->region.reserved / BLOCK_BYTES * sizeof(struct block));
    cells->block_count = 0;
    cells->empty = BLOCK_NONE;
    for (unsigned i = 0; i < SIZE_CLASS_COUNT; i++) {
        cells->classes[i] =
            (struct size_class){.cell_bytes = size_class_bytes(i),
                                .current = BLOCK_NONE,
                                .available = BLOCK_NONE};
    }
}

static uint32_t cells_fresh_block(struct cells *cells)
{
    uint32_t index = cells->empty;
    if (index != BLOCK_NONE) {
        cells->empty = cells_block(cells, index)->next;
        return index;
    }
    index = cells->block_count++;
    region_commit(&cells->region, cells->block_count * BLOCK_BYTES);
    region_commit(&cells->table, cells->block_count * sizeof(struct block));
    return index;
}

/* Gives the class, whose current block is used up, a block with room.  Returns
 * the bytes of room in it. */
static size_t cells_refill(struct cells *cells, unsigned size_class)
{
    struct size_class *class = &cells->classes[size_class];
    uint32_t index = class->available;
    struct block *block;
    if (index != BLOCK_NONE) {
        block = cells_block(cells, index);
        class->available = block->next;
    } else {
        index = cells_fresh_block(cells);
        block = cells_block(cells, index);
        *block = (struct block){.cell_bytes = (uint16_t) class->cell_bytes,
                                .size_class = (uint16_t)size_class};
    }
    char *start = cells_block_start(cells, index);
    uint32_t capacity = block_capacity(block);
    size_t room = (capacity - block->used) * class->cell_bytes;
    class->current = index;
    class->free = block->free;
    class->fresh = start + block->fresh;
    class->fresh_end = start + capacity * class->cell_bytes;
    block->free = NULL;
    block->fresh = (uint32_t)(capacity * class->cell_bytes);
    block->used = capacity;
    block->next = BLOCK_NONE;
    return room;
}

/* A cell of the class, or NULL when its current block is used up. */
static inline void *cells_take(struct cells *cells, unsigned size_class)
{
    struct size_class *class = &cells->classes[size_class];
    struct cell *cell = class->free;
    if (__builtin_expect(cell != NULL, 1)) {
        class->free = cell->next;
        return cell;
    }
    if (__builtin_expect(class->fresh < class->fresh_end, 1)) {
        cell = (struct cell *)class->fresh;
        class->fresh += class->cell_bytes;
        return cell;
    }
    return NULL;
}

/* Puts every class's state back into its block, so that the table tells all;
 * each class then has no current block. */
static inline void cells_flush(struct cells *cells)
{
    for (unsigned i = 0; i < SIZE_CLASS_COUNT; i++) {
        struct size_class *class = &cells->classes[i];
        if (class->current == BLOCK_NONE) {
            continue;
        }
        struct block *block = cells_block(cells, class->current);
        char *start = cells_block_start(cells, class->current);
        block->free = class->free;
        block->fresh = (uint32_t)(class->fresh - start);
        block->used = block->fresh / block->cell_bytes;
        for (struct cell *cell = block->free; cell; cell = cell->next) {
            block->used--;
        }
        class->current = BLOCK_NONE;
        class->free = NULL;
        class->fresh = class->fresh_end = NULL;
    }
}

/* Frees one cell of a flushed space, out of address order. */
static inline void cells_release(struct cells *cells, void *address)
{
    struct block *block = cells_block(cells, cells_block_of(cells, address));
    struct cell *cell = address;
    cell->next = block->free;
    block->free = cell;
    block->used--;
}

/* Rebuilds the chains of blocks with room, lowest address first, from a
 * flushed table.  Returns the bytes of cells in use. */
static inline size_t cells_rebuild(struct cells *cells)
{
    size_t used_bytes = 0;
    cells->empty = BLOCK_NONE;
    for (unsigned i = 0; i < SIZE_CLASS_COUNT; i++) {
        cells->classes[i].available = BLOCK_NONE;
    }
    for (uint32_t i = cells->block_count; i-- > 0;) {
        struct block *block = cells_block(cells, i);
        if (block->used == 0) {
            block->cell_bytes = 0;
            block->next = cells->empty;
            cells->empty = i;
            continue;
        }
        used_bytes += (size_t)block->used * block->cell_bytes;
        if (block->used < block_capacity(block)) {
            block->next = cells->classes[block->size_class].available;
            cells->classes[block->size_class].available = i;
        }
    }
    return used_bytes;
}

#endif
