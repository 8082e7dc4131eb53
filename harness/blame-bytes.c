/* blame-bytes.c: see blame-bytes.h. */
#include "harness/blame-bytes.h"

#include <stdlib.h>
#include <string.h>

#include "harness/blame-place.h"
#include "harness/floor.h"
#include "harness/memory.h"

#define WORD sizeof(uint64_t)

#define BLAME_NO_OBJECTS "the subject tells no regions of objects"

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

static bool has_objects(const struct record *record)
{
    for (size_t i = 0; i < record->region_count; i++)
        if (record->regions[i].role == REGION_OBJECTS)
            return true;
    return false;
}

/* The pages that lie among the objects, or all others; of these the accounts.
 * The caller frees both arrays. */
static size_t choose(const struct record *record,
                     const struct blame_accounts *accounts, bool objects,
                     size_t **which, uint64_t **addresses)
{
    size_t pages = 0;
    *which = xcalloc(accounts->count + 1, sizeof **which);
    *addresses = xcalloc(accounts->count + 1, sizeof **addresses);
    for (size_t i = 0; i < accounts->count; i++)
        if (in_objects(record, accounts->items[i].page) == objects) {
            (*addresses)[pages] = accounts->items[i].page;
            (*which)[pages++] = i;
        }
    return pages;
}

static void add_counts(struct difference_counts *sum,
                       const struct difference_counts *counts)
{
    sum->compared += counts->compared;
    sum->false_pages += counts->false_pages;
    sum->changed_bytes += counts->changed_bytes;
    sum->unreadable += counts->unreadable;
}

/* Among the objects: what differs is asked about, and makes the floor. */
static int compare_objects(struct invocation *invocation, unsigned worker,
                           struct comparison *comparison,
                           const uint64_t *addresses, size_t pages,
                           json_t *kinds, struct difference_counts *sum)
{
    struct record *record = invocation->record;
    struct difference_counts counts;
    struct blame_places places = {0};
    struct floor floor = {0};
    int status =
        difference_visit(record->template_pid, record->workers[worker].pid,
                         addresses, pages, compare_page, comparison, &counts);
    if (status < 0)
        return status;
    add_counts(sum, &counts);
    status = blame_places_ask(invocation, worker, comparison->addresses,
                              comparison->count, &places) < 0;
    if (status == 0) {
        settle(comparison, &places, kinds, comparison->which, pages, &floor);
        if (has_objects(record))
            record->workers[worker].floor = floor_json(&floor);
        else
            record->workers[worker].floor_why = BLAME_NO_OBJECTS;
    }
    blame_places_clear(&places);
    return status;
}

/* A difference_visitor: elsewhere a page is false or not, and no more is known.
 */
static int mark_false(uint64_t address, const unsigned char *inherited,
                      const unsigned char *own, void *context)
{
    struct comparison *comparison = context;
    size_t account = comparison->which[comparison->next++];
    (void)address;
    if (inherited && !memcmp(inherited, own, PAGEMAP_PAGE_SIZE))
        comparison->accounts->items[account].letter = 'i';
    return 0;
}

/* Returns 0, 1 with the record marked invalid, or a negative errno. */
static int compare_all(struct invocation *invocation, unsigned worker,
                       struct blame_accounts *accounts, json_t *kinds,
                       struct difference_counts *sum)
{
    struct record *record = invocation->record;
    int status = 0;
    for (int objects = 1; status == 0 && objects >= 0; objects--) {
        struct difference_counts counts;
        size_t *which;
        uint64_t *addresses;
        size_t pages = choose(record, accounts, objects, &which, &addresses);
        struct comparison comparison = {
            .accounts = accounts,
            .which = which,
            .compared =
                xcalloc(accounts->count + 1, sizeof *comparison.compared),
        };
        if (objects) {
            status = compare_objects(invocation, worker, &comparison, addresses,
                                     pages, kinds, sum);
        } else {
            status = difference_visit(record->template_pid,
                                      record->workers[worker].pid, addresses,
                                      pages, mark_false, &comparison, &counts);
            if (status == 0)
                add_counts(sum, &counts);
        }
        free(comparison.words);
        free(comparison.addresses);
        free(comparison.compared);
        free(addresses);
        free(which);
    }
    return status;
}

int blame_bytes(struct invocation *invocation, unsigned worker,
                struct blame_accounts *accounts, json_t *kinds,
                struct difference_counts *counts, const char **why)
{
    int status = compare_all(invocation, worker, accounts, kinds, counts);
    if (status < 0)
        *why = difference_why(status);
    return status > 0 ? -1 : 0;
}
