/* blame-place.c: see blame-place.h. */
#include "harness/blame-place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/failure.h"
#include "harness/memory.h"
#include "smaps/maps.h"

#define ADDRESSES_MOST 4096 /* of one `describe`, by the protocol */

/* The same text, kept once. */
static const char *keep(struct blame_places *places, const char *text)
{
    for (size_t i = 0; i < places->word_count; i++)
        if (!strcmp(places->words[i], text))
            return places->words[i];
    places->words = xreallocarray(places->words, places->word_count + 1,
                                  sizeof *places->words);
    places->words[places->word_count] = xstrdup(text);
    return places->words[places->word_count++];
}

static bool in_heap(const struct record *record, uint64_t address)
{
    for (size_t i = 0; i < record->region_count; i++)
        if (address >= record->regions[i].start &&
            address < record->regions[i].end)
            return true;
    return false;
}

/* Takes KIND:PLACEMENT:OBJECTKIND apart. */
static int take_place(struct blame_places *places, char *text,
                      struct blame_place *place)
{
    char *rest = text;
    const char *kind = strsep(&rest, ":"), *placement = strsep(&rest, ":");
    if (!rest || !*kind || !*placement || !*rest)
        return -1;
    *place = (struct blame_place){keep(places, kind), keep(places, placement),
                                  keep(places, rest)};
    return 0;
}

static int take_answer(struct blame_places *places,
                       const struct message *message, const size_t *which,
                       size_t count, struct blame_place *into)
{
    if (message->count == 0)
        return 0; /* it cannot tell */
    if (message->count != count)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (message->items[i].key ||
            take_place(places, message->items[i].value, &into[which[i]]) < 0)
            return -1;
    return 0;
}

static char *question(const uint64_t *addresses, const size_t *which,
                      size_t count)
{
    char *text;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    if (!stream)
        abort();
    fputs("describe", stream);
    for (size_t i = 0; i < count; i++)
        fprintf(stream, " %llx", (unsigned long long)addresses[which[i]]);
    fclose(stream);
    return text;
}

/* Asks one process for the addresses `which`.  Returns what became of it;
 * REFUSED is no failure: it cannot tell. */
static enum answer ask(struct invocation *invocation,
                       struct conversation *conversation,
                       struct blame_places *places, const uint64_t *addresses,
                       const size_t *which, size_t count,
                       struct blame_place *into)
{
    struct message message;
    char *text = question(addresses, which, count);
    enum answer answer = conversation_ask(conversation, "%s", text);
    free(text);
    if (answer == ANSWER_OK)
        answer = invocation_wait(invocation, &conversation, 1, NULL);
    if (answer == ANSWER_OK)
        answer = conversation_answer(conversation, "described", &message);
    if (answer != ANSWER_OK)
        return answer == ANSWER_REFUSED ? ANSWER_OK : answer;
    int status = take_answer(places, &message, which, count, into);
    message_clear(&message);
    return status == 0 ? ANSWER_OK
                       : conversation_nonsense(
                             conversation,
                             "one KIND:PLACEMENT:OBJECTKIND an address is due,",
                             "not that");
}

/* The heap's addresses, of the template and, unless it is NULL, of a worker. */
static int ask_both(struct invocation *invocation, const unsigned *worker,
                    struct blame_places *places, const uint64_t *addresses,
                    const size_t *which, size_t count)
{
    const char *doing = "telling what lies at addresses";
    enum answer answer = ask(invocation, &invocation->template, places,
                             addresses, which, count, places->then);
    if (answer != ANSWER_OK)
        return failure_of_template(invocation, answer, doing);
    if (!worker)
        return 0;
    answer = ask(invocation, &invocation->workers[*worker], places, addresses,
                 which, count, places->now);
    return answer == ANSWER_OK
               ? 0
               : failure_of_worker(invocation, *worker, answer, doing);
}

/* Outside the heap a place is the mapping that the address lies in. */
static void name_mapping(struct blame_places *places,
                         const struct mappings *mappings, uint64_t address,
                         size_t index)
{
    const char *name = "unmapped";
    for (size_t i = 0; i < mappings->count; i++) {
        const struct mapping *mapping = &mappings->items[i];
        if (address < mapping->start || address >= mapping->end)
            continue;
        const char *slash = strrchr(mapping->name, '/');
        name = slash ? slash + 1 : *mapping->name ? mapping->name : "anonymous";
    }
    places->then[index] = places->now[index] =
        (struct blame_place){keep(places, name), "process", "-"};
}

static int ask_all(struct invocation *invocation, const unsigned *worker,
                   const uint64_t *addresses, size_t count,
                   struct blame_places *places)
{
    const struct record *record = invocation->record;
    size_t *heap = xcalloc(count + 1, sizeof *heap), heap_count = 0;
    struct mappings mappings = {0};
    *places = (struct blame_places){
        .then = xcalloc(count + 1, sizeof *places->then),
        .now = xcalloc(count + 1, sizeof *places->now),
    };
    if (mappings_read(worker ? record->workers[*worker].pid
                             : record->template_pid,
                      &mappings) < 0)
        mappings = (struct mappings){0};
    for (size_t i = 0; i < count; i++)
        if (in_heap(record, addresses[i]))
            heap[heap_count++] = i;
        else
            name_mapping(places, &mappings, addresses[i], i);
    int status = 0;
    for (size_t done = 0; status == 0 && done < heap_count;) {
        size_t left = heap_count - done;
        size_t part = left < ADDRESSES_MOST ? left : ADDRESSES_MOST;
        status =
            ask_both(invocation, worker, places, addresses, heap + done, part);
        done += part;
    }
    mappings_free(&mappings);
    free(heap);
    return status;
}

int blame_places_ask(struct invocation *invocation, unsigned worker,
                     const uint64_t *addresses, size_t count,
                     struct blame_places *places)
{
    return ask_all(invocation, &worker, addresses, count, places);
}

int blame_places_ask_template(struct invocation *invocation,
                              const uint64_t *addresses, size_t count,
                              struct blame_places *places)
{
    int status = ask_all(invocation, NULL, addresses, count, places);
    memcpy(places->now, places->then, count * sizeof *places->now);
    return status;
}

void blame_places_clear(struct blame_places *places)
{
    for (size_t i = 0; i < places->word_count; i++)
        free(places->words[i]);
    free(places->words);
    free(places->then);
    free(places->now);
    *places = (struct blame_places){0};
}
