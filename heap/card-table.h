/* card-table.h: a byte beside the heap for each card, a stretch of memory of a
 * power of two, that says whether something in it was stored to since the byte
 * was last cleared.
 *
 * The barrier is one store, without a test, as in ART and HotSpot. */
#ifndef HEAP_CARD_TABLE_H
#define HEAP_CARD_TABLE_H

#include "heap/region.h"

#include <stdbool.h>

enum { CARD_CLEAN, CARD_DIRTY };

static struct {
    struct region region;
    uintptr_t zero; /* where the card of address 0 would be */
    unsigned shift; /* log2 of the bytes of a card */
} cards;

/* Cards for the addresses from start on. */
static void cards_open(const void *start, size_t bytes, unsigned shift)
{
    cards.shift = shift;
    region_open(&cards.region, "cards", "card", (bytes >> shift) + 2);
    region_commit(&cards.region, cards.region.reserved);
    cards.zero = (uintptr_t)cards.region.start - ((uintptr_t)start >> shift);
}

static void cards_close(void)
{
    region_close(&cards.region);
}

static inline unsigned char *card_byte(const void *address)
{
    return (unsigned char *)(cards.zero + ((uintptr_t)address >> cards.shift));
}

/* The number of a card. */
static inline size_t card_of(const void *address)
{
    return (size_t)((char *)card_byte(address) - cards.region.start);
}

/* The start of what a byte stands for. */
static inline char *card_byte_start(const unsigned char *byte)
{
    return (char *)(((uintptr_t)byte - cards.zero) << cards.shift);
}

/* The start of a card. */
static inline char *card_start(size_t card)
{
    return card_byte_start((unsigned char *)cards.region.start + card);
}

/* The store barrier: what lies there was stored to. */
static inline void card_mark(const void *address)
{
    *card_byte(address) = CARD_DIRTY;
}

/* All cards are clean, and have no page. */
static inline void cards_forget(void)
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
