/* writes.c: see writes.h. */
#include "harness/writes.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/memory.h"
#include "harness/phases.h"
#include "smaps/pagemap.h"

/* Words of lower-case letters, separated by commas, none twice. */
static bool are_writers(const char *text)
{
    for (const char *word = text;; word++) {
        size_t length = strspn(word, "abcdefghijklmnopqrstuvwxyz");
        if (!length || length >= PHASE_WORD_SIZE)
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

static const char *keep_writers(struct writes *writes, const char *text)
{
    for (size_t i = 0; i < writes->writer_count; i++)
        if (!strcmp(writes->writers[i], text))
            return writes->writers[i];
    if (writes->writer_count == WRITERS_MOST || !are_writers(text))
        return NULL;
    if (!writes->writers)
        writes->writers = xcalloc(WRITERS_MOST, sizeof *writes->writers);
    return writes->writers[writes->writer_count++] = xstrdup(text);
}

static bool is_page(uint64_t address)
{
    return address % PAGEMAP_PAGE_SIZE == 0;
}

static int add_run(struct writes *writes, char *key, const char *text)
{
    struct writes_run run;
    char *dash = strchr(key, '-');
    if (!dash)
        return -1;
    *dash = '\0';
    bool proper =
        parse_hexadecimal(key, &run.start) == 0 &&
        parse_hexadecimal(dash + 1, &run.end) == 0 && run.start < run.end &&
        is_page(run.start) && is_page(run.end) &&
        (!writes->count || run.start >= writes->items[writes->count - 1].end);
    *dash = '-';
    run.writers = proper ? keep_writers(writes, text) : NULL;
    if (!run.writers)
        return -1;
    if (writes->count == writes->capacity) {
        writes->capacity = 2 * writes->capacity + 256;
        writes->items = xreallocarray(writes->items, writes->capacity,
                                      sizeof *writes->items);
    }
    writes->items[writes->count++] = run;
    return 0;
}

/* Asking on has to lead on. */
static int add_more(struct writes *writes, const char *text)
{
    return parse_hexadecimal(text, &writes->more) == 0 && writes->count &&
                   writes->more >= writes->items[writes->count - 1].end &&
                   is_page(writes->more)
               ? 0
               : -1;
}

int writes_add(struct writes *writes, const struct message *message)
{
    size_t before = writes->count;
    writes->more = 0;
    if (message_number(message, "ns", &writes->ns) < 0)
        return -1;
    for (size_t i = 0; i < message->count; i++) {
        const struct message_item *item = &message->items[i];
        int status = -1;
        if (item->key && !strcmp(item->key, "ns"))
            status = 0;
        else if (item->key && !strcmp(item->key, "more"))
            status = add_more(writes, item->value);
        else if (item->key)
            status = add_run(writes, item->key, item->value);
        if (status < 0)
            return -1;
    }
    return writes->more && writes->count == before ? -1 : 0;
}

void writes_clear(struct writes *writes)
{
    for (size_t i = 0; i < writes->writer_count; i++)
        free(writes->writers[i]);
    free(writes->writers);
    free(writes->items);
    *writes = (struct writes){0};
}
