/* remember-card.h: a card for each stretch of memory says whether a slot in it
 * was stored to.
 *
 * The barrier marks the card of the slot, in old and in young memory alike,
 * without a test.  A minor collection visits all slots on the dirty cards of
 * old memory, and they are clean when nothing is young any more.  Where a large
 * card reaches into several spaces it is dirty in each. */
#ifndef HEAP_REMEMBER_CARD_H
#define HEAP_REMEMBER_CARD_H

#include "heap/card-table.h"
#include "heap/old-slots.h"

#define REMEMBERED_METADATA                                                    \
    {"card", "side", 8, 512,                                                   \
     "by the store barrier; cleared by the next minor collection"},            \
        OLD_SLOTS_METADATA

static int64_t option_card = 1;

static const unsigned char card_shifts[] = {8, 9, 10, 11, 12, 13, 14, 15, 21};

#define REMEMBERED_OPTIONS                                                     \
    {"card",                                                                   \
     &option_card,                                                             \
     0,                                                                        \
     8,                                                                        \
     "256|512|1024|2048|4096|8192|16384|32768|2097152",                        \
     "bytes",                                                                  \
     "stretch of memory that one card stands for"},

static uint64_t scanned_cards;

static inline void remember_stored(struct object *object, const ref *slot)
{
    (void)object;
    card_mark(slot);
}

static inline unsigned remembered_flags(void)
{
    return 0;
}

static inline void remembered_made(struct object *object)
{
    size_t count = header_references(object->header);
    if (count > 0) {
        const uintptr_t *last = object->words + count - 1;
        size_t first = card_of(object->words);
        memset(cards.region.start + first, CARD_DIRTY,
               card_of(last) - first + 1);
    }
}

static inline void remembered_placed(const void *place, size_t bytes)
{
    old_slots_placed(place, bytes);
}

/* The next run of dirty cards in [from, limit), or false. */
static inline bool cards_next_dirty(unsigned char **from, unsigned char **to,
                                    unsigned char *limit)
{
    *from = memchr(*from, CARD_DIRTY, (size_t)(limit - *from));
    if (*from == NULL) {
        return false;
    }
    *to = memchr(*from, CARD_CLEAN, (size_t)(limit - *from));
    *to = *to == NULL ? limit : *to;
    return true;
}

TRACE_INLINE void cards_scan(char *start, char *end, stretch_visitor *visit)
{
    if (start == end) {
        return;
    }
    unsigned char *limit = card_byte(end - 1) + 1;
    unsigned char *after;
    for (unsigned char *card = card_byte(start);
         card < limit && cards_next_dirty(&card, &after, limit); card = after) {
        char *first = card_byte_start(card);
        char *last = card_byte_start(after);
        scanned_cards += (uint64_t)(after - card);
        visit(first < start ? start : first, last > end ? end : last);
    }
}

TRACE_INLINE void cards_renew(char *start, char *end, stretch_visitor *visit)
{
    (void)visit;
    if (start == end) {
        return;
    }
    unsigned char *limit = card_byte(end - 1) + 1;
    unsigned char *after;
    for (unsigned char *card = card_byte(start);
         card < limit && cards_next_dirty(&card, &after, limit); card = after) {
        memset(card, CARD_CLEAN, (size_t)(after - card));
    }
}

static inline void remembered_trace(void)
{
    old_slots_each(cards_scan);
}

static inline void remembered_renew(void)
{
    old_slots_each(cards_renew);
}

static inline void remembered_before_full(void) {}

static inline void remembered_open(void)
{
    const struct region *const ranges[] = {
        &young.region, &semispace.active.region, &semispace.other.region,
        &heap.large.region, &heap.buffers};
    const char *start = young.region.start;
    const char *end = start;
    for (size_t i = 0; i < LENGTH(ranges); i++) {
        const char *range_end = ranges[i]->start + ranges[i]->reserved;
        start = ranges[i]->start < start ? ranges[i]->start : start;
        end = range_end > end ? range_end : end;
    }
    cards_open(start, (size_t)(end - start), card_shifts[option_card]);
    old_slots_open(card_shifts[option_card]);
    scanned_cards = 0;
}

static inline void remembered_close(void)
{
    cards_close();
    old_slots_close();
}

static inline void remembered_each_region(region_visitor *visit, void *context)
{
    visit(&cards.region, context);
    old_slots_each_region(visit, context);
}

static inline void remembered_after_fork(void)
{
    scanned_cards = old_slots.scanned = 0;
}

static inline void remembered_counters(number_visitor *visit, void *context)
{
    visit("scanned_cards", scanned_cards, context);
    visit("scanned_slots", old_slots.scanned, context);
}

#endif
