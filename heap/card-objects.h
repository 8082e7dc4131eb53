/* card-objects.h: cards of the shared heap, each of which says whether an
 * object that starts in it was stored to.  ART's cards are 1 KiB. */
#ifndef HEAP_CARD_OBJECTS_H
#define HEAP_CARD_OBJECTS_H

#include "heap/card-table.h"
#include "heap/heap.h"

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

static void object_cards_open(void)
{
    cards_open(heap.objects.start, heap.objects.reserved,
               CARD_LEAST_LOG2 + (unsigned)option_card);
}

#endif
