/* slide.h: sliding compaction of a contiguous space, all of its state beside
 * it.
 *
 * As in the Compressor (Kermany and Petrank, PLDI 2006; MMTk has it too): the
 * marking sets a bit for each granule of a live object, and for each block of
 * 512 bytes a table says where the first of its live granules will go.  An
 * object's new address is its block's entry and the live granules before it in
 * the block.  So nothing is kept in objects, they keep their order, and those
 * before the first hole are neither moved nor written.
 *
 * Departs from it: bits for all granules of an object where the Compressor and
 * MMTk mark its first and last word, the whole space slides where MMTk's does
 * within 1 MiB, and one thread. */
#ifndef HEAP_SLIDE_H
#define HEAP_SLIDE_H

#include "heap/bits.h"
#include "heap/copy-space.h"
#include "heap/trace.h"

#define SLIDE_BLOCK    ((size_t)512)
#define SLIDE_GRANULES (SLIDE_BLOCK / OBJECT_GRANULE) /* in a block: 32 */

static struct {
    struct copy_space space;
    struct region bits;    /* of uint32_t, one a block */
    struct region offsets; /* of char *, one a block */
    char *fixed;           /* nothing below moves: a block's start */
    char *told; /* below, bits say what lives, and above all objects do */
    uint64_t live_bytes;
    uint64_t moved_objects, moved_bytes;
    uint64_t rewritten_references;
} slide;

static inline size_t slide_block(const void *address)
{
    return (size_t)((const char *)address - slide.space.region.start) /
           SLIDE_BLOCK;
}

static inline unsigned slide_granule(const void *address)
{
    return (unsigned)((uintptr_t)address / OBJECT_GRANULE % SLIDE_GRANULES);
}

static inline uint32_t *slide_bits(const void *address)
{
    return (uint32_t *)slide.bits.start + slide_block(address);
}

static inline char **slide_offset(const void *address)
{
    return (char **)slide.offsets.start + slide_block(address);
}

static inline bool slide_is_marked(const struct object *object)
{
    return *slide_bits(object) >> slide_granule(object) & 1;
}

/* Marks all granules of the object; returns whether it was marked before. */
static inline bool slide_test_and_mark(const struct object *object)
{
    if (slide_is_marked(object)) {
        return true;
    }
    uint32_t *bits = slide_bits(object);
    size_t first = slide_granule(object);
    size_t end = first + object_room(object_bytes(object)) / OBJECT_GRANULE;
    for (; end > SLIDE_GRANULES; end -= SLIDE_GRANULES) {
        *bits++ |= UINT32_MAX << first;
        first = 0;
    }
    *bits |= UINT32_MAX >> (SLIDE_GRANULES - end) & UINT32_MAX << first;
    return false;
}

/* Where a marked object is after the compaction. */
static inline struct object *slide_forward(struct object *object)
{
    if ((char *)object < slide.fixed) {
        return object;
    }
    uint32_t before =
        *slide_bits(object) & ((UINT32_C(1) << slide_granule(object)) - 1);
    return (struct object *)(*slide_offset(object) +
                             (size_t)bits_set(before) * OBJECT_GRANULE);
}

static void slide_open(const char *name)
{
    size_t blocks;
    copy_space_open(&slide.space, name);
    blocks = slide.space.region.reserved / SLIDE_BLOCK;
    region_open(&slide.bits, "marks", "mark", blocks * sizeof(uint32_t));
    region_open(&slide.offsets, "offsets", "forwarding",
                blocks * sizeof(char *));
    region_commit(&slide.bits, slide.bits.reserved);
    region_commit(&slide.offsets, slide.offsets.reserved);
    slide.fixed = slide.told = slide.space.region.start;
}

static void slide_close(void)
{
    region_close(&slide.bits);
    region_close(&slide.offsets);
    region_close(&slide.space.region);
}

static void slide_each_region(region_visitor *visit, void *context)
{
    visit(&slide.space.region, context);
    visit(&slide.bits, context);
    visit(&slide.offsets, context);
}

/* Before the marking. */
static void slide_begin(void)
{
    size_t blocks = slide_block(slide.space.next + SLIDE_BLOCK - 1);
    memset(slide.bits.start, 0, blocks * sizeof(uint32_t));
}

/* After it: says where everything goes.  Returns the end. */
static char *slide_plan(void)
{
    char *to = slide.fixed;
    char *end = slide.space.next;
    slide.live_bytes = 0;
    for (char *block = slide.space.region.start; block < end;
         block += SLIDE_BLOCK) {
        size_t live = (size_t)bits_set(*slide_bits(block)) * OBJECT_GRANULE;
        slide.live_bytes += live;
        if (block >= slide.fixed) {
            *slide_offset(block) = to;
            to += live;
        }
    }
    return to;
}

static inline struct object *slide_rewrite(ref *slot)
{
    struct object *object = ref_object(*slot);
    if (copy_space_holds(&slide.space, object)) {
        struct object *moved = slide_forward(object);
        if (moved != object) {
            *slot = object_ref(moved);
            slide.rewritten_references++;
        }
    }
    return NULL; /* every object is visited anyway */
}

/* The first marked object at or above an address, or the end. */
static inline char *slide_next(char *at)
{
    char *end = slide.space.next;
    while (at < end) {
        uint32_t bits = *slide_bits(at) >> slide_granule(at);
        if (bits != 0) {
            return at + (size_t)__builtin_ctz(bits) * OBJECT_GRANULE;
        }
        at += SLIDE_BLOCK - (uintptr_t)at % SLIDE_BLOCK;
    }
    return end;
}

/* Moves what moves and rewrites its references, in address order.  `to` is the
 * end that was planned. */
static void slide_move(char *to)
{
    char *at = slide_next(slide.space.first);
    while (at < slide.space.next) {
        struct object *object = (struct object *)at;
        struct object *moved = slide_forward(object);
        size_t bytes = object_bytes(object);
        if (moved != object) {
            memmove(moved, object, bytes);
            slide.moved_objects++;
            slide.moved_bytes += bytes;
        }
        trace_object(moved, slide_rewrite);
        at = slide_next(at + object_room(bytes));
    }
    slide.told = slide.fixed;
    copy_space_cut(&slide.space, to);
}

/* From here on nothing that is there now moves, and only fresh pages are
 * allocated. */
static void slide_seal(void)
{
    copy_space_seal(&slide.space);
    slide.fixed = slide.space.sealed;
}

/* The objects: below `told` the last marking knows which of them live. */
static void slide_each_extent(extent_visitor *visit, void *context)
{
    const struct copy_space *space = &slide.space;
    for (char *at = space->first; at < space->next;) {
        struct object *object = (struct object *)at;
        if (at >= slide.told || slide_is_marked(object)) {
            extent_of_object(object, visit, context);
        }
        at = copy_space_after(space, object);
    }
}

#endif
