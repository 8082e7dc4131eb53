/* free-space.h: how free cells are known, and found again.
 *
 *   list    chained through their first word, in the current block first the
 *           chain, then its fresh cells.  Where cells hold objects the chain is
 *           in address order, as in PyPy's minimarkpage.py: a sweep tells free
 *           cells from used ones by walking the chain along, and writes a link
 *           only where a cell was newly freed.
 *   bitmap  a bit for each granule beside the heap, set at the free cells.
 *           Allocation takes one run of them after the other, so nothing is
 *           written into a free cell (Go scans its allocBits so).
 *   pages   the same bitmap, but of each run only what covers whole pages: a
 *           page with anything live on it is never allocated in.
 *
 * Dead memory is cleared when it is allocated again, or, with `zero` = sweep,
 * when it is freed (bdwgc does so). */
#ifndef HEAP_FREE_SPACE_H
#define HEAP_FREE_SPACE_H

#include "heap/cells.h"
#include "heap/object.h"

enum { FREE_LIST, FREE_BITMAP, FREE_PAGES };
enum { ZERO_ALLOCATION, ZERO_SWEEP };

static int64_t option_free = FREE_LIST;
static int64_t option_zero = ZERO_ALLOCATION;

#define FREE_SPACE_OPTION_FREE                                                 \
    {                                                                          \
        "free", &option_free, 0, 2, "list|bitmap|pages", NULL,                 \
            "free cells: chained in their bodies, told by a side bitmap, or "  \
            "by the bitmap and reused only as whole pages"                     \
    }

#define FREE_SPACE_OPTION_ZERO                                                 \
    {                                                                          \
        "zero", &option_zero, 0, 1, "allocation|sweep", NULL,                  \
            "when dead memory is cleared"                                      \
    }

static inline void free_space_open(struct cells *cells, const char *name)
{
    if (option_free != FREE_LIST) {
        region_open(&cells->free_bits, name, "free-bit",
                    cells->region.reserved / OBJECT_GRANULE / 8);
        region_commit(&cells->free_bits, cells->free_bits.reserved);
    }
}

static inline unsigned char *free_byte(const struct cells *cells,
                                       const void *cell, unsigned char *bit)
{
    size_t granule =
        (size_t)((const char *)cell - cells->region.start) / OBJECT_GRANULE;
    *bit = (unsigned char)(1u << granule % 8);
    return (unsigned char *)cells->free_bits.start + granule / 8;
}

static inline bool free_bit(const struct cells *cells, const void *cell)
{
    unsigned char bit;
    const unsigned char *byte = free_byte(cells, cell, &bit);
    return *byte & bit;
}

static inline void free_bit_set(struct cells *cells, const void *cell)
{
    unsigned char bit;
    unsigned char *byte = free_byte(cells, cell, &bit);
    *byte |= bit;
}

static inline void free_bit_clear(struct cells *cells, const void *cell)
{
    unsigned char bit;
    unsigned char *byte = free_byte(cells, cell, &bit);
    *byte &= (unsigned char)~bit;
}

/* The part of a run of cells that lies on whole pages of it. */
static inline void free_run_trim(char *block, size_t cell_bytes, char **start,
                                 char **end)
{
    uintptr_t first =
        ((uintptr_t)*start + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    uintptr_t last = (uintptr_t)*end / PAGE_BYTES * PAGE_BYTES;
    if (first >= last) {
        *start = *end;
        return;
    }
    size_t skipped = first - (uintptr_t)block + cell_bytes - 1;
    *start = block + skipped / cell_bytes * cell_bytes;
    *end = block + (last - (uintptr_t)block) / cell_bytes * cell_bytes;
}

/* Gives the class the next run of free cells in its current block beyond the
 * one it had, or the fresh cells.  Returns the bytes, 0 when there are no
 * more. */
static inline size_t free_next_run(struct cells *cells,
                                   struct size_class *class)
{
    size_t cell_bytes = class->cell_bytes;
    char *block = cells_block_start(cells, class->current);
    char *limit = cells_limit(cells, class->current);
    char *cell = class->fresh_end;
    while (cell < class->tail) {
        while (cell < class->tail && !free_bit(cells, cell)) {
            cell += cell_bytes;
        }
        char *start = cell;
        while (cell < class->tail && free_bit(cells, cell)) {
            cell += cell_bytes;
        }
        char *end = cell;
        if (option_free == FREE_PAGES) {
            free_run_trim(block, cell_bytes, &start, &end);
        }
        if (start < end) {
            class->fresh = start;
            class->fresh_end = end;
            for (; start < end; start += cell_bytes) {
                free_bit_clear(cells, start);
            }
            return (size_t)(class->fresh_end - class->fresh);
        }
    }
    class->fresh = class->tail > cell ? class->tail : cell;
    class->fresh_end = limit;
    return (size_t)(limit - class->fresh);
}

/* Makes a block the class's current one.  Returns the bytes at hand. */
static inline size_t free_adopt(struct cells *cells, unsigned size_class,
                                uint32_t index)
{
    struct size_class *class = &cells->classes[size_class];
    struct block *block = cells_block(cells, index);
    uint32_t capacity = cells_capacity(cells, block);
    size_t room = (capacity - block->used) * class->cell_bytes;
    char *start = cells_block_start(cells, index);
    class->current = index;
    class->free = block->free;
    class->tail = start + block->fresh;
    block->free = NULL;
    block->fresh = (uint32_t)(capacity * class->cell_bytes);
    block->used = capacity;
    block->next = BLOCK_NONE;
    if (option_free != FREE_LIST) {
        class->fresh = class->fresh_end = start;
        return free_next_run(cells, class);
    }
    class->fresh = class->tail;
    class->fresh_end = cells_limit(cells, index);
    return room;
}

/* Puts the class's state back into its current block. */
static inline void free_retire(struct cells *cells, struct size_class *class)
{
    if (class->current == BLOCK_NONE) {
        return;
    }
    struct block *block = cells_block(cells, class->current);
    const char *start = cells_block_start(cells, class->current);
    uint32_t free = 0;
    const char *fresh = cells_fresh_of(cells, class->current);
    block->free = class->free;
    for (const struct cell *cell = block->free; cell; cell = cell->next) {
        free++;
    }
    if (option_free != FREE_LIST) {
        for (char *cell = class->fresh; cell < class->fresh_end && cell < fresh;
             cell += class->cell_bytes) {
            free_bit_set(cells, cell);
        }
        for (const char *cell = start; cell < fresh;
             cell += class->cell_bytes) {
            free += free_bit(cells, cell);
        }
    }
    block->fresh = (uint32_t)(fresh - start);
    block->used = block->fresh / block->cell_bytes - free;
    class->current = BLOCK_NONE;
    class->free = NULL;
    class->fresh = class->fresh_end = class->tail = NULL;
}

/* Puts every class's state back, so that the table tells all. */
static inline void cells_flush(struct cells *cells)
{
    for (unsigned i = 0; i < CELLS_CLASSES; i++) {
        free_retire(cells, &cells->classes[i]);
    }
}

/* From here on only blocks that are not there yet are allocated in. */
static inline void cells_seal(struct cells *cells)
{
    cells_flush(cells);
    cells_withdraw(cells);
    cells->sealed = cells->block_count;
}

/* Removes what a block, now empty, has from its former cells: their free bits,
 * and the links among cells that the sweep had cleared. */
static void free_clean(struct cells *cells, uint32_t index)
{
    char *start = cells_block_start(cells, index);
    unsigned char bit;
    if (option_free != FREE_LIST) {
        memset(free_byte(cells, start, &bit), 0,
               cells->block_bytes / OBJECT_GRANULE / 8);
    } else if (option_zero == ZERO_SWEEP) {
        memset(start, 0, cells->block_bytes);
    }
}

/* Gives the class more cells at hand, from a fresh block in the end.  Returns
 * their bytes. */
static size_t cells_refill(struct cells *cells, unsigned size_class)
{
    struct size_class *class = &cells->classes[size_class];
    size_t bytes = 0;
    if (option_free != FREE_LIST && class->current != BLOCK_NONE) {
        bytes = free_next_run(cells, class);
    }
    while (bytes == 0) {
        free_retire(cells, class);
        if (class->available == BLOCK_NONE && cells->empty == BLOCK_NONE &&
            cells->emptied > 0) {
            cells_rebuild(cells);
        }
        uint32_t index = class->available;
        if (index != BLOCK_NONE) {
            class->available = cells_block(cells, index)->next;
        } else {
            bool was_used = cells->empty != BLOCK_NONE;
            index = cells_fresh_block(cells, size_class);
            if (was_used) {
                free_clean(cells, index);
            }
        }
        bytes = free_adopt(cells, size_class, index);
    }
    return bytes;
}

/* Frees one cell, out of address order; one in a sealed block stays lost, but
 * is not called used by a bitmap. */
static inline void cells_release(struct cells *cells, void *address)
{
    uint32_t index = cells_block_of(cells, address);
    struct block *block = cells_block(cells, index);
    struct size_class *class = &cells->classes[block->size_class];
    bool current = class->current == index;
    if (option_free != FREE_LIST) {
        free_bit_set(cells, address);
    }
    if (index < cells->sealed) {
        return;
    }
    if (option_zero == ZERO_SWEEP) {
        memset(address, 0, block->cell_bytes);
    }
    if (option_free == FREE_LIST) {
        struct cell *cell = address;
        struct cell **chain = current ? &class->free : &block->free;
        cell->next = *chain;
        *chain = cell;
    }
    if (!current && block->used-- == cells_capacity(cells, block)) {
        cells_offer(cells, index);
    }
    cells->emptied += !current && block->used == 0;
}

/* Lets whoever walks along a sealed block know that a cell is free, by writing
 * into it; it is not allocated again. */
static inline void cells_bury(struct cells *cells, void *address)
{
    struct block *block = cells_block(cells, cells_block_of(cells, address));
    struct cell *cell = address;
    cell->next = block->free;
    block->free = cell;
}

static inline bool cells_are_sealed(const struct cells *cells,
                                    const void *address)
{
    return cells_block_of(cells, address) < cells->sealed;
}

/* A walk over the cells of a block in address order, for spaces whose chains
 * are in that order.  `next` is the next free cell of the chain. */
struct cell_walk {
    const struct cells *cells;
    const struct cell *next;
    const char *hole, *hole_end; /* free cells that a class has at hand */
};

static inline struct cell_walk cell_walk_begin(const struct cells *cells,
                                               uint32_t index)
{
    const struct block *block = cells_block(cells, index);
    const struct size_class *class = &cells->classes[block->size_class];
    bool current = class->current == index;
    struct cell_walk walk = {.cells = cells,
                             .next = current ? class->free : block->free};
    if (current) {
        walk.hole = class->fresh;
        walk.hole_end = class->fresh_end;
    }
    return walk;
}

/* Whether the cell, the next one of the walk, is free. */
static inline bool cell_walk_free(struct cell_walk *walk, const char *cell)
{
    if (option_free != FREE_LIST) {
        return free_bit(walk->cells, cell) ||
               (cell >= walk->hole && cell < walk->hole_end);
    }
    bool free = (const char *)walk->next == cell;
    if (free) {
        walk->next = walk->next->next;
    }
    return free;
}

#endif
