/* blame-mappings.c: see blame-mappings.h. */
#include "harness/blame-mappings.h"

#include <stdlib.h>
#include <string.h>

#include "harness/account.h"

static int compare(const void *left, const void *right)
{
    const struct account_mapping *a =
        (*(const struct tally_row *const *)left)->key;
    const struct account_mapping *b =
        (*(const struct tally_row *const *)right)->key;
    int names = strcmp(a->name, b->name);
    if (names != 0)
        return names;
    return (a->start > b->start) - (a->start < b->start);
}

/* Adds the mapping that the first of the rows is part of; how many are. */
static size_t add_whole(struct tally *whole, struct tally_row *const *rows,
                        size_t count)
{
    struct account_mapping key;
    size_t parts = 0;
    memcpy(&key, rows[0]->key, sizeof key);
    for (; parts < count; parts++) {
        const struct account_mapping *part = rows[parts]->key;
        if (strcmp(part->name, key.name) != 0 || part->start > key.end)
            break;
        if (part->end > key.end)
            key.end = part->end;
    }
    struct tally_row *row = tally_at(whole, &key);
    for (size_t i = 0; i < parts; i++) {
        row->broken += rows[i]->broken;
        row->unseen += rows[i]->unseen;
        row->fresh += rows[i]->fresh;
    }
    return parts;
}

void blame_mappings_open(struct tally *whole, const struct tally *parts)
{
    struct tally_row **rows = tally_sorted(parts);
    tally_open(whole, sizeof(struct account_mapping));
    qsort(rows, parts->count, sizeof *rows, compare);
    for (size_t i = 0; i < parts->count;)
        i += add_whole(whole, rows + i, parts->count - i);
    free(rows);
}
