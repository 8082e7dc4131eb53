/* cell-key.h: what a cell, as it stands in a result, has under a key of a cell
 * filter (cell-filter.h says which keys there are). */
#ifndef HARNESS_CELL_KEY_H
#define HARNESS_CELL_KEY_H

#include <jansson.h>
#include <stdbool.h>

/* The key whose value is no part of the cell. */
#define CELL_KEY_INVOCATION "invocation"

/* Texts, all of them names of the one thing; an empty array when the cell has
 * no such key.  The caller releases it. */
json_t *cell_key_texts(const json_t *cell, const char *key,
                       unsigned invocation);

/* All keys that any cell of an array has, as those of an object, in a sensible
 * order.  The caller releases it. */
json_t *cell_keys(const json_t *cells);

/* Whether a name is an option here and a parameter there: it would mean both.
 */
bool cell_key_is_ambiguous(const char *key, const json_t *cells);

#endif
