/* cells.h: a space of small cells, in blocks of one size each.
 *
 * A block is a power of two, aligned to its size, and cut into equal cells from
 * its start; a mark placement may keep the last bytes of each block for itself
 * (its footer).  What is known of a block lies in a table beside the space.
 * Its cells are in use, free, or fresh: never used since the block was handed
 * out, beyond an offset that only grows.  free-space.h says how free cells are
 * told from used ones and found again.
 *
 * Each size class allocates from one current block at a time, and then takes
 * another one that has room.  Blocks below `sealed` are never allocated in
 * again: the pages that a worker inherited, or that were frozen. */
#ifndef HEAP_CELLS_H
#define HEAP_CELLS_H

#include "heap/parameter.h"
#include "heap/region.h"
#include "heap/size-class.h"

#include <stdbool.h>

#define BLOCK_NONE       UINT32_MAX
#define BLOCK_LEAST_LOG2 12u
#define BLOCK_MOST_BYTES ((size_t)65536)

/* The block sizes, in the order of the option's choices.  A placement that
 * lives in the blocks names another default before it includes this. */
enum {
    CELLS_BLOCK_4096,
    CELLS_BLOCK_8192,
    CELLS_BLOCK_16384,
    CELLS_BLOCK_32768,
    CELLS_BLOCK_65536,
};
#ifndef CELLS_BLOCK_DEFAULT
#define CELLS_BLOCK_DEFAULT CELLS_BLOCK_65536
#endif

/* Kinds of pieces that have blocks of their own: a kind's size classes come
 * behind those of the kinds before it. */
#ifndef CELLS_KINDS
#define CELLS_KINDS 1
#endif
#define CELLS_CLASSES (CELLS_KINDS * SIZE_CLASS_COUNT)

static int64_t option_block = CELLS_BLOCK_DEFAULT;

#define CELLS_OPTION_BLOCK                                                     \
    {                                                                          \
        "block", &option_block, 0, 4, "4096|8192|16384|32768|65536", "bytes",  \
            "size of a block of equal cells; larger objects than an eighth "   \
            "of it get pages of their own"                                     \
    }

struct cell { /* a free one in a chain */
    struct cell *next;
};

/* 32 bytes; the chain and the offset are kept in the class while the block is
 * current, and all its cells then count as used. */
struct block {
    struct cell *free;   /* chain of free cells (free-space.h) */
    uint32_t fresh;      /* offset of the first fresh cell */
    uint32_t used;       /* cells in use */
    uint32_t next;       /* in a chain of blocks, or BLOCK_NONE */
    uint32_t swept;      /* number of the sweep that passed here last */
    uint16_t cell_bytes; /* 0: no class has the block */
    uint16_t size_class;
};

struct size_class {
    struct cell *free; /* chain of the current block */
    char *fresh;       /* a run of free or fresh cells of the current block */
    char *fresh_end;
    char *tail; /* where the current block's fresh cells began */
    size_t cell_bytes;
    uint32_t current;   /* block, or BLOCK_NONE */
    uint32_t available; /* chain of blocks with room */
};

struct cells {
    struct region region;
    struct region table;     /* of struct block */
    struct region free_bits; /* one a granule, where the policy has them */
    size_t block_bytes;
    size_t footer; /* bytes at the end of a block that hold no cell; a mark
                    * placement sets it before there is a block */
    uint32_t block_count;
    uint32_t sealed;  /* blocks below are not allocated in */
    uint32_t empty;   /* chain of blocks that no class has, lowest first */
    uint32_t emptied; /* blocks that lost their last object, cell by cell, and
                       * that their classes still have */
    uint32_t sweep;   /* number of the sweep that new blocks need no more */
    void (*on_new_block)(uint32_t index); /* may be NULL */
    struct size_class classes[CELLS_CLASSES];
};

static inline struct block *cells_block(const struct cells *cells,
                                        uint32_t index)
{
    return (struct block *)cells->table.start + index;
}

static inline char *cells_block_start(const struct cells *cells, uint32_t index)
{
    return cells->region.start + index * cells->block_bytes;
}

static inline uint32_t cells_block_of(const struct cells *cells,
                                      const void *address)
{
    return (uint32_t)((size_t)((const char *)address - cells->region.start) /
                      cells->block_bytes);
}

static inline uint32_t cells_capacity(const struct cells *cells,
                                      const struct block *block)
{
    return (uint32_t)((cells->block_bytes - cells->footer) / block->cell_bytes);
}

/* The end of the cells of a block of that class. */
static inline char *cells_limit(const struct cells *cells, uint32_t index)
{
    const struct block *block = cells_block(cells, index);
    return cells_block_start(cells, index) +
           (size_t)cells_capacity(cells, block) * block->cell_bytes;
}

/* Where the fresh cells of a block begin, whether or not a class has it now. */
static inline const char *cells_fresh_of(const struct cells *cells,
                                         uint32_t index)
{
    const struct block *block = cells_block(cells, index);
    const struct size_class *class = &cells->classes[block->size_class];
    if (class->current != index) {
        return cells_block_start(cells, index) + block->fresh;
    }
    return class->fresh >= class->tail ? class->fresh : class->tail;
}

/* Opens a space in its region, which is open already; `table` names the block
 * table. */
static void cells_open(struct cells *cells, const char *table)
{
    cells->block_bytes = (size_t)1 << (BLOCK_LEAST_LOG2 + option_block);
    cells->footer = 0;
    region_open(&cells->table, table, "block",
                cells->region.reserved / cells->block_bytes *
                    sizeof(struct block));
    cells->block_count = cells->sealed = cells->emptied = 0;
    cells->empty = BLOCK_NONE;
    for (unsigned i = 0; i < CELLS_CLASSES; i++) {
        cells->classes[i] = (struct size_class){
            .cell_bytes = size_class_bytes(i % SIZE_CLASS_COUNT),
            .current = BLOCK_NONE,
            .available = BLOCK_NONE};
    }
}

/* The largest piece that a cell holds. */
static inline size_t cells_most_bytes(const struct cells *cells)
{
    return cells->block_bytes / 8;
}

/* A block with no cell in use, for this class from now on. */
static uint32_t cells_fresh_block(struct cells *cells, unsigned size_class)
{
    uint32_t index = cells->empty;
    if (index != BLOCK_NONE) {
        cells->empty = cells_block(cells, index)->next;
    } else {
        index = cells->block_count++;
        region_commit(&cells->region, cells->block_count * cells->block_bytes);
        region_commit(&cells->table, cells->block_count * sizeof(struct block));
        if (cells->on_new_block != NULL) {
            cells->on_new_block(index);
        }
    }
    *cells_block(cells, index) = (struct block){
        .cell_bytes = (uint16_t)cells->classes[size_class].cell_bytes,
        .size_class = (uint16_t)size_class,
        .swept = cells->sweep,
        .next = BLOCK_NONE,
    };
    return index;
}

/* A cell of the class, or NULL when its current block has no more at hand. */
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

/* Adds a block, of which no class is in possession now, to the chain where
 * allocation looks for it; one that is full or sealed to none. */
static inline void cells_offer(struct cells *cells, uint32_t index)
{
    struct block *block = cells_block(cells, index);
    if (index < cells->sealed || block->cell_bytes == 0) {
        return;
    }
    if (block->used == 0) {
        block->cell_bytes = 0;
        block->next = cells->empty;
        cells->empty = index;
    } else if (block->used < cells_capacity(cells, block)) {
        struct size_class *class = &cells->classes[block->size_class];
        block->next = class->available;
        class->available = index;
    }
}

/* Forgets all chains, of empty blocks too. */
static inline void cells_withdraw(struct cells *cells)
{
    cells->empty = BLOCK_NONE;
    for (unsigned i = 0; i < CELLS_CLASSES; i++) {
        cells->classes[i].available = BLOCK_NONE;
    }
}

/* Rebuilds the chains, lowest address first.  Returns the bytes of cells in
 * use, those that a class has at hand among them. */
static inline size_t cells_rebuild(struct cells *cells)
{
    size_t used_bytes = 0;
    cells_withdraw(cells);
    cells->emptied = 0;
    for (uint32_t i = cells->block_count; i-- > 0;) {
        struct block *block = cells_block(cells, i);
        used_bytes += (size_t)block->used * block->cell_bytes;
        if (block->cell_bytes == 0 && i >= cells->sealed) {
            block->next = cells->empty;
            cells->empty = i;
        } else {
            cells_offer(cells, i);
        }
    }
    return used_bytes;
}

#endif
