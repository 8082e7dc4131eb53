/* summary-interval.h: how sure the summary's numbers are: intervals over the
 * invocations, and steady states. */
#ifndef HARNESS_SUMMARY_INTERVAL_H
#define HARNESS_SUMMARY_INTERVAL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "harness/columns.h"
#include "harness/interval.h"
#include "harness/store.h"

/* Whether two cells were measured in turn (interleaving.h), or are one. */
bool summary_paired(const struct store *store, size_t cell, size_t other);

/* A cell's measure as a multiple of another's: if they are paired invocation by
 * invocation, and those that are valid in both count; else drawn independently.
 */
struct interval summary_ratio(const struct store *store, size_t cell,
                              size_t other, enum measure measure);

/* The interval of each measure of a group that was measured, by its key, added
 * to an object. */
void summary_intervals_add(json_t *object, const struct store *store,
                           size_t cell, const struct columns *group);

/* Names each cell whose invocations are not of one kind (scatter.h), and in
 * which measures. */
void summary_scatter_print(const struct store *store, FILE *stream);
json_t *summary_scatter_json(const struct store *store, size_t cell);

/* Prints a table of the cells from `first` to before `end`: from which burst on
 * all invocations are steady.  Prints nothing where none tells. */
void summary_steady_print(const struct store *store, size_t first, size_t end,
                          FILE *stream);
json_t *summary_steady_json(const struct store *store, size_t cell);

#endif
