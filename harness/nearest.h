/* nearest.h: the known word that a misspelt one probably meant. */
#ifndef HARNESS_NEAREST_H
#define HARNESS_NEAREST_H

#include <stddef.h>

#include "harness/error.h"

/* The candidate with the smallest edit distance (insert, delete, replace,
 * swap of neighbours) to `word`, borrowed; NULL when even the best is further
 * away than a third of the longer word, at least 1, or when a word has more
 * than 256 bytes. */
const char *nearest(const char *word, const char *const *candidates,
                    size_t count);

/* Returns 0 if the word is among the candidates, else sets an error that reads
 * "unknown KIND 'WORD': did you mean 'CANDIDATE'?" or, with none near or for a
 * number, lists the candidates. */
int nearest_unknown(const char *kind, const char *word,
                    const char *const *candidates, size_t count,
                    struct error *error);

#endif
