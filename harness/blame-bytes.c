/* blame-bytes.c: see blame-bytes.h. */
#include "harness/blame-bytes.h"

#include <stdlib.h>
#include <string.h>

#include "harness/blame-place.h"
#include "harness/floor.h"
#include "harness/memory.h"
#include "smaps/difference.h"

#define WORD sizeof(uint64_t)

/* A word with bytes that differ. */
struct word {
    size_t account;
    unsigned bytes; /* that differ */
};

struct comparison {
    struct blame_accounts *accounts;
    const size_t *which; /* the account of each page that is compared */
    size_t next;
    struct word *words;
    uint64_t *addresses; /* of the words */
    size_t count, capacity;
    bool *compared; /* by account */
};

static void add_word(struct comparison *comparison, size_t account,
                     uint64_t address, unsigned bytes)
{
    if (comparison->count == comparison->capacity) {
        comparison->capacity = 2 * comparison->capacity + 4096;
        comparison->words = xreallocarray(
            comparison->words, comparison->capacity, sizeof *comparison->words);
        comparison->addresses =
            xreallocarray(comparison->addresses, comparison->capacity,
                          sizeof *comparison->addresses);
    }
    comparison->words[comparison->count] = (struct word){account, bytes};
    comparison->addresses[comparison->count++] = address;
}

/* A difference_visitor. */
static int compare_page(uint64_t address, const unsigned char *inherited,
                        const unsigned char *own, void *context)
{
    struct comparison *comparison = context;
    size_t account = comparison->which[comparison->next++];
    if (!inherited || comparison->count >= BLAME_WORDS_MOST)
        return 0;
    comparison->compared[account] = true;
    for (size_t at = 0; at < PAGEMAP_PAGE_SIZE; at += WORD) {
        unsigned bytes = 0;
        if (!memcmp(inherited + at, own + at, WORD))
            continue;
        for (size_t i = at; i < at + WORD; i++)
            bytes += inherited[i] != own[i];
        add_word(comparison, account, address + at, bytes);
    }
    return 0;
}

static bool is_collection(const char *phase)
{
    static const char *const phases[] = {"minor", "promote", "mark",
                                         "sweep", "compact", "collect"};
    for (size_t i = 0; phase && i < sizeof phases / sizeof *phases; i++)
        if (!strcmp(phase, phases[i]))
            return true;
    return false;
}

static bool is_one_of(struct blame_place place, const char *a, const char *b,
                      const char *c)
{
    return place.kind && (!strcmp(place.kind, a) || !strcmp(place.kind, b) ||
                          (c && !strcmp(place.kind, c)));
}

static enum floor_class class_of(struct blame_place then,
                                 struct blame_place now, const char *phase)
{
    bool was_free = is_one_of(then, "free", "unused", NULL);
    bool is_object = is_one_of(now, "header", "reference", "payload");
    if (was_free && (is_object || !is_collection(phase)))
        return FLOOR_NEW_OBJECT;
    return is_one_of(then, "reference", "payload", NULL) &&
                   is_one_of(now, "reference", "payload", NULL) &&
                   !is_collection(phase)
               ? FLOOR_APPLICATION
               : FLOOR_COLLECTOR;
}

static void count_kind(json_t *kinds, struct blame_place place, unsigned bytes)
{
    char *key = place.kind ? xasprintf("%s:%s", place.kind, place.placement)
                           : xstrdup("unknown:unknown");
    json_int_t before = json_integer_value(json_object_get(kinds, key));
    json_object_set_new(kinds, key, json_integer(before + bytes));
    free(key);
}

/* Adds the pages to the floor, their words being classed. */
static void settle(struct comparison *comparison,
                   const struct blame_places *places, json_t *kinds,
                   const size_t *which, size_t pages, struct floor *floor)
{
    size_t word = 0;
    for (size_t i = 0; i < pages; i++) {
        struct blame_account *account = &comparison->accounts->items[which[i]];
        uint64_t changed[FLOOR_CLASSES] = {0};
        size_t first = word;
        if (!comparison->compared[which[i]]) {
            floor_add_unknown(floor);
            continue;
        }
        for (; word < comparison->count &&
               comparison->words[word].account == which[i];
             word++) {
            struct blame_place then = places->then[word];
            unsigned bytes = comparison->words[word].bytes;
            changed[class_of(then, places->now[word], account->phase)] += bytes;
            count_kind(kinds, then, bytes);
        }
        if (word == first)
            account->letter = 'i';
        floor_add(floor, changed);
    }
}

static bool in_objects(const struct record *record, uint64_t address)
{
    for (size_t i = 0; i < record->region_count; i++)
        if (record->regions[i].role == REGION_OBJECTS &&
            address >= record->regions[i].start &&
            address < record->regions[i].end)
            return true;
    return false;
}

int blame_bytes(struct invocation *invocation, unsigned worker,
                struct blame_accounts *accounts, json_t *kinds,
                const char **why)
{
    struct record *record = invocation->record;
    size_t *which = xcalloc(accounts->count + 1, sizeof *which), pages = 0;
    uint64_t *addresses = xcalloc(accounts->count + 1, sizeof *addresses);
    for (size_t i = 0; i < accounts->count; i++)
        if (in_objects(record, accounts->items[i].page)) {
            addresses[pages] = accounts->items[i].page;
            which[pages++] = i;
        }
    struct comparison comparison = {
        .accounts = accounts,
        .which = which,
        .compared = xcalloc(accounts->count + 1, sizeof *comparison.compared),
    };
    struct difference_counts counts;
    struct blame_places places = {0};
    struct floor floor = {0};
    int status =
        difference_visit(record->template_pid, record->workers[worker].pid,
                         addresses, pages, compare_page, &comparison, &counts);
    if (status < 0) {
        *why = difference_why(status);
        status = 0;
    } else {
        status = blame_places_ask(invocation, worker, comparison.addresses,
                                  comparison.count, &places);
        if (status == 0) {
            settle(&comparison, &places, kinds, which, pages, &floor);
            record->workers[worker].floor = floor_json(&floor);
        }
    }
    blame_places_clear(&places);
    free(comparison.words);
    free(comparison.addresses);
    free(comparison.compared);
    free(addresses);
    free(which);
    return status;
}
