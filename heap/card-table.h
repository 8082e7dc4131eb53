/* card-table.h: a byte beside the heap for each card, a stretch of 128 bytes to
 * 64 KiB of the range of objects, that says whether an object that starts in
 * it was stored to since the byte was last cleared.
 *
 * The barrier is one store, without a test, as in ART and HotSpot.  ART's cards
 * are 1 KiB. */
#ifndef HEAP_CARD_TABLE_H
#define HEAP_CARD_TABLE_H

#include "heap/heap.h"

enum { CARD_CLEAN, CARD_DIRTY };

#define CARD_LEAST_LOG2 7u

static int64_t option_card = 3;

#define CARD_OPTION                                                            \
    {                                                                          \
        "card", &option_card, 0, 9,                                            \
            "128|256|512|1024|2048|4096|8192|16384|32768|65536", "bytes",      \
            "stretch of the heap that one card stands for"                     \
    }

#define CARD_METADATA                                                          \
    {                                                                          \
        "card", "side", 8, 1u << (CARD_LEAST_LOG2 + 3),                        \
            "by the store barrier; cleared when its objects are scanned"       \
    }

static struct {
    struct region region;
    unsigned shift; /* log2 of the bytes of a card */
} cards;

static void cards_open(void)
{
    cards.shift = CARD_LEAST_LOG2 + (unsigned)option_card;
    region_open(&cards.region, "cards", "card",
                heap.objects.reserved >> cards.shift);
    region_commit(&cards.region, cards.region.reserved);
}

static void cards_close(void)
{
    region_close(&cards.region);
}

static inline size_t card_of(const void *address)
{
    return (size_t)((const char *)address - heap.objects.start) >> cards.shift;
}

/* The start of a card. */
static inline char *card_start(size_t card)
{
    return heap.objects.start + (card << cards.shift);
}

/* The store barrier: `object` was stored to. */
static inline void card_mark(const struct object *object)
{
    cards.region.start[card_of(object)] = CARD_DIRTY;
}

/* All cards are clean, and have no page. */
static void cards_forget(void)
{
    region_discard(&cards.region, 0);
}

/* Calls `visit` with each dirty card of [first, end), and leaves it clean. */
static inline void cards_clean(size_t first, size_t end,
                               void (*visit)(size_t card))
{
    for (size_t card = first; card < end; card++) {
        if (cards.region.start[card] == CARD_DIRTY) {
            cards.region.start[card] = CARD_CLEAN;
            visit(card);
        }
    }
}

#endif
