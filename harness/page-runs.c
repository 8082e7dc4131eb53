/* page-runs.c: see page-runs.h. */
#include "harness/page-runs.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/memory.h"
#include "smaps/pagemap.h"

/* Words of lower-case letters, separated by commas, none twice. */
static bool are_words(const char *text)
{
    for (const char *word = text;; word++) {
        size_t length = strspn(word, "abcdefghijklmnopqrstuvwxyz");
        if (!length || length >= PAGE_RUNS_WORD_SIZE)
            return false;
        for (const char *other = text; other < word;
             other = strchr(other, ',') + 1)
            if (!strncmp(other, word, length) && other[length] == ',')
                return false;
        word += length;
        if (!*word)
            return true;
        if (*word != ',')
            return false;
    }
}

static const char *keep_words(struct page_runs *runs, const char *text)
{
    for (size_t i = 0; i < runs->word_count; i++)
        if (!strcmp(runs->words[i], text))
            return runs->words[i];
    if (runs->word_count == PAGE_RUNS_WORDS_MOST || !are_words(text))
        return NULL;
    if (!runs->words)
        runs->words = xcalloc(PAGE_RUNS_WORDS_MOST, sizeof *runs->words);
    return runs->words[runs->word_count++] = xstrdup(text);
}

static bool is_page(uint64_t address)
{
    return address % PAGEMAP_PAGE_SIZE == 0;
}

static int add_run(struct page_runs *runs, char *key, const char *text)
{
    struct page_run run;
    char *dash = strchr(key, '-');
    if (!dash)
        return -1;
    *dash = '\0';
    bool proper =
        parse_hexadecimal(key, &run.start) == 0 &&
        parse_hexadecimal(dash + 1, &run.end) == 0 && run.start < run.end &&
        is_page(run.start) && is_page(run.end) &&
        (!runs->count || run.start >= runs->items[runs->count - 1].end);
    *dash = '-';
    run.words = proper ? keep_words(runs, text) : NULL;
    if (!run.words)
        return -1;
    if (runs->count == runs->capacity) {
        runs->capacity = 2 * runs->capacity + 256;
        runs->items =
            xreallocarray(runs->items, runs->capacity, sizeof *runs->items);
    }
    runs->items[runs->count++] = run;
    return 0;
}

/* Asking on has to lead on. */
static int add_more(struct page_runs *runs, const char *text)
{
    return parse_hexadecimal(text, &runs->more) == 0 && runs->count &&
                   runs->more >= runs->items[runs->count - 1].end &&
                   is_page(runs->more)
               ? 0
               : -1;
}

int page_runs_add(struct page_runs *runs, const struct message *message)
{
    size_t before = runs->count;
    runs->more = 0;
    for (size_t i = 0; i < message->count; i++) {
        const struct message_item *item = &message->items[i];
        int status = -1;
        if (item->key && !strcmp(item->key, "ns"))
            status = 0;
        else if (item->key && !strcmp(item->key, "more"))
            status = add_more(runs, item->value);
        else if (item->key)
            status = add_run(runs, item->key, item->value);
        if (status < 0)
            return -1;
    }
    return runs->more && runs->count == before ? -1 : 0;
}

const char *page_runs_at(const struct page_runs *runs, uint64_t address,
                         size_t *at)
{
    while (*at < runs->count && runs->items[*at].end <= address)
        ++*at;
    return *at < runs->count && runs->items[*at].start <= address
               ? runs->items[*at].words
               : NULL;
}

void page_runs_clear(struct page_runs *runs)
{
    for (size_t i = 0; i < runs->word_count; i++)
        free(runs->words[i]);
    free(runs->words);
    free(runs->items);
    *runs = (struct page_runs){0};
}
