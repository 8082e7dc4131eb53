/* phases.c: see phases.h. */
#include "harness/phases.h"

#include <stdlib.h>
#include <string.h>

#include "harness/memory.h"

static int add(struct phases *phases, const struct message_item *item)
{
    uint64_t ns;
    if (!item->key || parse_decimal(item->value, &ns) < 0)
        return -1;
    if (!strcmp(item->key, "more")) {
        phases->unlisted += ns;
        return 0;
    }
    if (!*item->key || strlen(item->key) >= PHASE_WORD_SIZE ||
        (phases->count && ns < phases->items[phases->count - 1].ns))
        return -1;
    if (phases->count == phases->capacity) {
        phases->capacity = 2 * phases->capacity + 64;
        phases->items = xreallocarray(phases->items, phases->capacity,
                                      sizeof *phases->items);
    }
    struct phase_start *start = &phases->items[phases->count++];
    start->ns = ns;
    strcpy(start->word, item->key);
    return 0;
}

int phases_add(struct phases *phases, const struct message *message)
{
    for (size_t i = 0; i < message->count; i++)
        if (add(phases, &message->items[i]) < 0)
            return -1;
    return 0;
}

const char *phases_at(const struct phases *phases, uint64_t ns)
{
    size_t low = 0, high = phases->count; /* the first one that starts later */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (phases->items[middle].ns <= ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? phases->items[low - 1].word : "start";
}

void phases_clear(struct phases *phases)
{
    free(phases->items);
    *phases = (struct phases){0};
}
