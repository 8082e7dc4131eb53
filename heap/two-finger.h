/* two-finger.h: compaction with two fingers, as Ruby's GC.compact.
 *
 * For each size class one finger goes up and finds free cells, another goes
 * down and finds live objects; each object found moves into the free cell and
 * leaves its new address in its old header, until the fingers meet.  Then every
 * reference of every live object and frame is updated, and the cells that were
 * left are free.  It comes right after a full collection, whose marks beside
 * the heap say what is live.
 *
 * Objects that cannot move are pinned: a share of all, chosen by a hash of
 * where they lie, so that every size class has it, and those above a size.
 * Large objects and buffers, which are malloc's in Ruby, do not move.
 *
 * Departs from Ruby: blocks are taken in address order, where Ruby starts with
 * the pages that have the most pinned objects; an object stays in its size
 * class; the whole is done at once, without a read barrier. */
#ifndef HEAP_TWO_FINGER_H
#define HEAP_TWO_FINGER_H

#include "heap/direct.h"
#include "heap/mark-side.h"

#include "heap/swept-heap.h"

static int64_t option_pinned = 0;
static int64_t option_pinned_above = CELL_MAX_BYTES;

#define TWO_FINGER_OPTIONS                                                     \
    {"pinned",                                                                 \
     &option_pinned,                                                           \
     0,                                                                        \
     100,                                                                      \
     NULL,                                                                     \
     "%",                                                                      \
     "share of the objects that compaction cannot move"},                      \
    {                                                                          \
        "pinned-above", &option_pinned_above, 0, CELL_MAX_BYTES, NULL,         \
            "bytes", "objects in larger cells than this cannot be moved"       \
    }

#define TWO_FINGER_METADATA                                                    \
    {"forwarding", "header", 64, 0, "in cells that compaction empties"},       \
        {"object", "body", 0, 0, "objects are moved into free cells"},         \
    {                                                                          \
        "reference", "body", 64, 0, "references to objects that were moved"    \
    }

static struct {
    uint64_t compactions;
    uint64_t moved_objects;
    uint64_t moved_bytes;
    uint64_t pinned_objects; /* that the last compaction found in its way */
    uint64_t rewritten_references;
} two_finger;

/* What the collector keeps beside the heap of an object goes along. */
static inline void two_finger_carry(const struct object *from,
                                    const struct object *to);

/* References that the collector itself holds. */
static void two_finger_update_more(void);

/* A position among the cells of one class. */
struct finger {
    uint32_t block;
    uint32_t cell;
};

static inline char *finger_cell(struct finger finger)
{
    const struct block *block = cells_block(&heap.small, finger.block);
    return cells_block_start(&heap.small, finger.block) +
           (size_t)finger.cell * block->cell_bytes;
}

static inline bool finger_in_class(uint32_t block, unsigned size_class)
{
    const struct block *entry = cells_block(&heap.small, block);
    return entry->cell_bytes != 0 && entry->size_class == size_class;
}

/* Of a place in the heap, wherever that lies. */
static inline uint64_t two_finger_hash(const char *cell)
{
    uint64_t hash = (uint64_t)(cell - heap.objects.start) / OBJECT_GRANULE;
    hash = (hash ^ hash >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    hash = (hash ^ hash >> 27) * UINT64_C(0x94d049bb133111eb);
    return hash ^ hash >> 31;
}

static bool two_finger_is_pinned(const char *cell, size_t cell_bytes)
{
    return cell_bytes > (size_t)option_pinned_above ||
           two_finger_hash(cell) % 100 < (uint64_t)option_pinned;
}

/* The collector's is_pinned. */
static bool two_finger_pins(const struct object *object)
{
    if (!region_holds(&heap.small.region, object)) {
        return false;
    }
    uint32_t block = cells_block_of(&heap.small, object);
    return two_finger_is_pinned((const char *)object,
                                cells_block(&heap.small, block)->cell_bytes);
}

static inline bool finger_below(struct finger low, struct finger high)
{
    return low.block < high.block ||
           (low.block == high.block && low.cell < high.cell);
}

/* Goes up to the next free cell below `end`; false: there is none. */
static bool finger_up(struct finger *up, struct finger end, unsigned size_class)
{
    for (; up->block < heap.small.block_count; up->block++, up->cell = 0) {
        if (!finger_in_class(up->block, size_class)) {
            continue;
        }
        uint32_t capacity =
            cells_capacity(&heap.small, cells_block(&heap.small, up->block));
        for (; up->cell < capacity; up->cell++) {
            if (!finger_below(*up, end)) {
                return false;
            }
            if (!side_bit(&marks, finger_cell(*up))) {
                return true;
            }
        }
    }
    return false;
}

/* Goes down to the next object above `end` that can move; false: there is
 * none. */
static bool finger_down(struct finger *down, struct finger end,
                        unsigned size_class)
{
    for (;;) {
        while (down->cell == 0) {
            if (down->block <= end.block) {
                return false;
            }
            down->block--;
            if (finger_in_class(down->block, size_class)) {
                const struct block *block =
                    cells_block(&heap.small, down->block);
                down->cell = block->fresh / block->cell_bytes;
            }
        }
        down->cell--;
        if (!finger_below(end, *down)) {
            return false;
        }
        const char *cell = finger_cell(*down);
        if (side_bit(&marks, cell)) {
            if (!two_finger_is_pinned(
                    cell, heap.small.classes[size_class].cell_bytes)) {
                return true;
            }
            two_finger.pinned_objects++;
        }
    }
}

static void two_finger_move(struct finger from, struct finger to)
{
    struct object *object = (struct object *)finger_cell(from);
    struct object *copy = (struct object *)finger_cell(to);
    struct block *block = cells_block(&heap.small, to.block);
    uint32_t fresh = (to.cell + 1) * block->cell_bytes;
    if (block->fresh < fresh) {
        block->fresh = fresh;
    }
    memcpy(copy, object, object_bytes(object));
    two_finger.moved_objects++;
    two_finger.moved_bytes += object_bytes(object);
    two_finger_carry(object, copy);
    side_bit_test_and_set(&marks, copy);
    side_bit_test_and_clear(&marks, object);
    object_forward(object, copy);
}

static struct object *two_finger_update(ref *slot)
{
    const struct object *object = ref_object(*slot);
    if (object != NULL && object->header & HEADER_FORWARDED) {
        *slot = object_ref(object_forwarded(object));
        two_finger.rewritten_references++;
    }
    return NULL; /* every object is visited as it lies */
}

static void two_finger_update_all(void)
{
    for (uint32_t i = 0; i < heap.small.block_count; i++) {
        const struct block *block = cells_block(&heap.small, i);
        char *start = cells_block_start(&heap.small, i);
        for (uint32_t at = 0; block->cell_bytes != 0 && at < block->fresh;
             at += block->cell_bytes) {
            if (side_bit(&marks, start + at)) {
                trace_object((struct object *)(start + at), two_finger_update);
            }
        }
    }
    for (size_t page = 0; page < heap.large.page_count;) {
        uint32_t pages = large_pages(&heap.large, page);
        if (pages != 0) {
            trace_object((struct object *)large_start(&heap.large, page),
                         two_finger_update);
        }
        page += pages ? pages : 1;
    }
    trace_roots(two_finger_update);
    two_finger_update_more();
}

/* Frees the cells of a block that hold no live object.  Only what is not so
 * already is written. */
static void two_finger_free(uint32_t index)
{
    struct block *block = cells_block(&heap.small, index);
    char *start = cells_block_start(&heap.small, index);
    struct cell **link = &block->free;
    block->used = 0;
    for (uint32_t at = 0; at < block->fresh; at += block->cell_bytes) {
        struct cell *cell = (struct cell *)(start + at);
        bool live = side_bit(&marks, cell);
        block->used += live;
        if (option_zero == ZERO_SWEEP && !live &&
            ((struct object *)cell)->header & HEADER_FORWARDED) {
            memset(cell, 0, block->cell_bytes);
        }
        if (option_free == FREE_LIST && !live) {
            if (*link != cell) {
                *link = cell;
                sweep.link_writes++;
            }
            link = &cell->next;
        } else if (option_free != FREE_LIST &&
                   live == free_bit(&heap.small, cell)) {
            if (live) {
                free_bit_clear(&heap.small, cell);
            } else {
                free_bit_set(&heap.small, cell);
            }
        }
    }
    if (option_free == FREE_LIST && *link != NULL) {
        *link = NULL;
    }
}

/* Compacts the heap after a full collection whose sweep is done.  Chains are in
 * address order after it. */
static void two_finger_compact(void)
{
    enum phase before = phase_enter(PHASE_COMPACT);
    two_finger.compactions++;
    two_finger.pinned_objects = 0;
    for (unsigned i = 0; i < SIZE_CLASS_COUNT; i++) {
        struct finger up = {heap.small.sealed, 0};
        struct finger down = {heap.small.block_count, 0};
        while (finger_up(&up, down, i) && finger_down(&down, up, i)) {
            two_finger_move(down, up);
        }
    }
    two_finger_update_all();
    for (uint32_t i = heap.small.sealed; i < heap.small.block_count; i++) {
        if (cells_block(&heap.small, i)->cell_bytes != 0) {
            two_finger_free(i);
        }
    }
    sweep_account();
    phase_enter(before);
}

static void two_finger_counters(number_visitor *visit, void *context)
{
    visit("compactions", two_finger.compactions, context);
    visit("moved_objects", two_finger.moved_objects, context);
    visit("moved_bytes", two_finger.moved_bytes, context);
    visit("pinned_objects", two_finger.pinned_objects, context);
    visit("rewritten_references", two_finger.rewritten_references, context);
}

#endif
