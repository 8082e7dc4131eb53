/* freeze.h: pages that are frozen, after gc.freeze of CPython.
 *
 * Freezing takes every page that has an object then, with all that is on it:
 * from then on its objects, dead ones too, are never marked into, swept, or
 * given a neighbour, so a worker breaks the page only by storing to it.  A dead
 * one keeps what it refers to.  The marks of all other objects are in their
 * headers, which shows what freezing is worth.
 *
 * It is a placement of the mark, included before mark-sweep.h: a frozen object
 * counts as marked, and marking begins from the frozen objects that refer to
 * new ones (frozen-roots.h).
 *
 * Departs from CPython: there freezing moves objects to a list that is never
 * collected, holes among them are filled by whoever allocates next, and no
 * reference from a frozen object to a new one is looked for, because cycles are
 * found by counting. */
#ifndef HEAP_FREEZE_H
#define HEAP_FREEZE_H

#define CELLS_BLOCK_DEFAULT CELLS_BLOCK_4096

#include "heap/address-list.h"
#include "heap/card-objects.h"
#include "heap/refused.h"
#include "heap/side-bits.h"

enum { FIND_CARDS, FIND_BROKEN, FIND_TRACE };

static int64_t option_find = FIND_CARDS;

#define MARK_OPTIONS                                                           \
    CARD_OPTION,                                                               \
    {                                                                          \
        "find", &option_find, 0, 2, "cards|broken|trace", NULL,                \
            "how references from frozen to new objects are found: cards "      \
            "that the barrier marks, frozen pages that pagemap calls "         \
            "private, or a trace through all frozen objects"                   \
    }

#define MARK_METADATA                                                          \
    {"mark", "header", 1, 0,                                                   \
     "of objects that are not frozen: set by the marking, cleared by the "     \
     "sweep"},                                                                 \
        {"mark", "side", 1, OBJECT_GRANULE,                                    \
         "find = trace: frozen objects that were visited; given back after "   \
         "each collection"},                                                   \
        {"start", "side", 1, OBJECT_GRANULE,                                   \
         "where frozen objects start, by the freezing"},                       \
        {"buffered", "side", 64, 0,                                            \
         "find = broken: list of frozen objects with buffers, by the "         \
         "freezing"},                                                          \
        {"remembered-flag", "side", 1, OBJECT_GRANULE,                         \
         "find = broken: of frozen objects that refer to new ones, before a "  \
         "fork"},                                                              \
        CARD_METADATA

enum { MARK_CLEARED_BY_SWEEP = true };

static struct {
    const char *small_end;        /* cells below are frozen */
    const char *large_end;        /* large objects below are frozen */
    struct region starts;         /* bits */
    struct region visited;        /* bits; find = trace */
    struct address_list buffered; /* objects; find = broken */
    struct region remembered;     /* bits; find = broken */
    uint64_t objects, bytes;
    uint64_t roots;      /* objects that the last collection began from */
    uint64_t references; /* from frozen to new objects, that it found */
} frozen;

static inline bool is_frozen(const void *object)
{
    return (const char *)object < frozen.small_end ||
           ((const char *)object >= heap.large.region.start &&
            (const char *)object < frozen.large_end);
}

static inline void store_barrier(struct object *object, const ref *slot)
{
    (void)slot;
    if (option_find == FIND_CARDS) {
        card_mark(object);
    }
}

static inline unsigned mark_of_new(void)
{
    return 0;
}

static inline bool mark_test_and_set(struct object *object)
{
    if (is_frozen(object)) {
        return option_find != FIND_TRACE ||
               side_bit_test_and_set(&frozen.visited, object);
    }
    bool marked = object->header & HEADER_MARKED;
    if (!marked) {
        object->header |= HEADER_MARKED;
    }
    return marked;
}

static inline bool mark_sweep_keeps(struct object *object)
{
    if (is_frozen(object)) {
        return true;
    }
    bool marked = object->header & HEADER_MARKED;
    if (marked) {
        object->header &= ~(uint64_t)HEADER_MARKED;
    }
    return marked;
}

/* Where the object's mark lies. */
static const void *mark_of(const struct object *object)
{
    uint64_t bit;
    if (!is_frozen(object)) {
        return object;
    }
    return option_find == FIND_TRACE
               ? side_bits_word(&frozen.visited, object, &bit)
               : NULL;
}

/* Marks that lie among the objects. */
static void mark_each_extent(extent_visitor *visit, void *context)
{
    (void)visit;
    (void)context;
}

static void mark_each_region(region_visitor *visit, void *context)
{
    visit(&frozen.starts, context);
    if (option_find == FIND_CARDS) {
        visit(&cards.region, context);
    } else if (option_find == FIND_TRACE) {
        visit(&frozen.visited, context);
    } else {
        visit(&frozen.buffered.region, context);
        visit(&frozen.remembered, context);
    }
}

static void mark_close(void)
{
    region_close(&frozen.starts);
    if (option_find == FIND_CARDS) {
        cards_close();
    } else if (option_find == FIND_TRACE) {
        region_close(&frozen.visited);
    } else {
        region_close(&frozen.buffered.region);
        region_close(&frozen.remembered);
    }
}

#include "heap/frozen-roots.h"

static void mark_open(void)
{
    memset(&frozen, 0, sizeof frozen);
    frozen.small_end = heap.small.region.start;
    frozen.large_end = heap.large.region.start;
    side_bits_open(&frozen.starts, "frozen-starts", "start");
    if (option_find == FIND_CARDS) {
        object_cards_open();
    } else if (option_find == FIND_TRACE) {
        side_bits_open(&frozen.visited, "visited", "mark");
    } else {
        const char *why = private_pages_refused();
        if (why != NULL) {
            option_refused("find", "broken", why);
        }
        side_bits_open(&frozen.remembered, "remembered", "remembered-flag");
        address_list_open(&frozen.buffered, "buffered", "buffered",
                          heap.objects.reserved / OBJECT_GRANULE);
    }
}

static void mark_begin(void)
{
    frozen.roots = frozen.references = 0;
    if (option_find == FIND_CARDS) {
        frozen_roots_by_cards();
    } else if (option_find == FIND_BROKEN) {
        frozen_roots_by_pages();
    }
}

static void mark_end(void)
{
    if (option_find == FIND_TRACE) {
        region_discard(&frozen.visited, 0);
    }
}

#endif
