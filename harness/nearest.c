/* nearest.c: optimal string alignment distance over a handful of words. */
#include "harness/nearest.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/memory.h"

/* No word that someone misspelt is longer, and the distance of long ones takes
 * as long as the product of their lengths. */
enum { WORD_MAX = 256 };

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Three rows of the usual table: the swap looks two rows back. */
static size_t distance(const char *a, const char *b)
{
    size_t height = strlen(a), width = strlen(b) + 1;
    size_t *rows = xcalloc(3 * width, sizeof *rows);
    size_t *before = rows, *last = rows + width, *row = rows + 2 * width;
    for (size_t j = 0; j < width; j++)
        last[j] = j;
    for (size_t i = 1; i <= height; i++) {
        row[0] = i;
        for (size_t j = 1; j < width; j++) {
            size_t replaced = last[j - 1] + (a[i - 1] != b[j - 1]);
            row[j] = smaller(replaced, smaller(last[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = smaller(row[j], before[j - 2] + 1);
        }
        size_t *reused = before;
        before = last;
        last = row;
        row = reused;
    }
    size_t result = last[width - 1];
    free(rows);
    return result;
}

const char *nearest(const char *word, const char *const *candidates,
                    size_t count)
{
    const char *best = NULL;
    size_t best_distance = 0;
    for (size_t i = 0; i < count; i++) {
        size_t lengths[2] = {strlen(word), strlen(candidates[i])};
        size_t longer = lengths[lengths[1] > lengths[0]];
        size_t limit = longer / 3 ? longer / 3 : 1;
        size_t apart = longer - lengths[lengths[1] <= lengths[0]];
        if (longer > WORD_MAX || apart > limit)
            continue;
        size_t found = distance(word, candidates[i]);
        if (found <= limit && (!best || found < best_distance)) {
            best = candidates[i];
            best_distance = found;
        }
    }
    return best;
}

static char *joined(const char *const *words, size_t count)
{
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    for (size_t i = 0; stream && i < count; i++)
        fprintf(stream, "%s%s", i ? ", " : "", words[i]);
    if (!stream || fclose(stream))
        return xstrdup("");
    return text;
}

int nearest_unknown(const char *kind, const char *word,
                    const char *const *candidates, size_t count,
                    struct error *error)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(word, candidates[i]) == 0)
            return 0;
    bool number = *word && word[strspn(word, "0123456789")] == '\0';
    const char *near = number ? NULL : nearest(word, candidates, count);
    if (near)
        return error_set(error, "unknown %s '%s': did you mean '%s'?", kind,
                         word, near);
    if (!count)
        return error_set(error, "unknown %s '%s': there is none", kind, word);
    char *known = joined(candidates, count);
    error_set(error, "unknown %s '%s': known are %s", kind, word, known);
    free(known);
    return -1;
}
