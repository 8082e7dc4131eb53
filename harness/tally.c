/* tally.c: a hash table that only grows. */
#include "harness/tally.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "harness/memory.h"

enum { FIRST_CAPACITY = 256 }; /* a power of two */

void tally_open(struct tally *tally, size_t key_size)
{
    *tally = (struct tally){.key_size = key_size, .capacity = FIRST_CAPACITY};
    tally->rows = xcalloc(tally->capacity, sizeof *tally->rows);
}

void tally_clear(struct tally *tally)
{
    for (size_t i = 0; i < tally->capacity; i++)
        free(tally->rows[i]);
    free(tally->rows);
    *tally = (struct tally){0};
}

static struct tally_row **find(const struct tally *tally, const void *key)
{
    size_t mask = tally->capacity - 1;
    size_t index = XXH64(key, tally->key_size, 0) & mask;
    while (tally->rows[index] &&
           memcmp(tally->rows[index]->key, key, tally->key_size) != 0)
        index = (index + 1) & mask;
    return &tally->rows[index];
}

static void grow(struct tally *tally)
{
    struct tally grown = *tally;
    grown.capacity *= 2;
    grown.rows = xcalloc(grown.capacity, sizeof *grown.rows);
    for (size_t i = 0; i < tally->capacity; i++)
        if (tally->rows[i])
            *find(&grown, tally->rows[i]->key) = tally->rows[i];
    free(tally->rows);
    *tally = grown;
}

struct tally_row *tally_at(struct tally *tally, const void *key)
{
    struct tally_row **place = find(tally, key);
    if (*place)
        return *place;
    if (2 * tally->count >= tally->capacity) {
        grow(tally);
        place = find(tally, key);
    }
    struct tally_row *row = xcalloc(1, sizeof *row + tally->key_size);
    memcpy(row + 1, key, tally->key_size);
    row->key = row + 1;
    tally->count++;
    return *place = row;
}

static int compare(const void *left, const void *right)
{
    const struct tally_row *a = *(struct tally_row *const *)left;
    const struct tally_row *b = *(struct tally_row *const *)right;
    if (a->broken != b->broken)
        return a->broken > b->broken ? -1 : 1;
    if (a->unseen != b->unseen)
        return a->unseen > b->unseen ? -1 : 1;
    return (a->fresh < b->fresh) - (a->fresh > b->fresh);
}

struct tally_row **tally_sorted(const struct tally *tally)
{
    struct tally_row **sorted = xcalloc(tally->count + 1, sizeof *sorted);
    size_t count = 0;
    for (size_t i = 0; i < tally->capacity; i++)
        if (tally->rows[i])
            sorted[count++] = tally->rows[i];
    qsort(sorted, count, sizeof *sorted, compare);
    return sorted;
}
