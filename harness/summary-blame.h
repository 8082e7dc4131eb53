/* summary-blame.h: the summary's tables of who broke the pages.
 *
 * A cell's table is of its first valid invocation, summed over its workers: of
 * medians the shares would not add up to all broken pages. */
#ifndef HARNESS_SUMMARY_BLAME_H
#define HARNESS_SUMMARY_BLAME_H

#include <jansson.h>
#include <stdio.h>

#include "harness/store.h"

/* Prints a table for each cell from `first` to before `end`: broken pages by
 * phase, kind and placement of their first write, with the function that made
 * most of these; then the floor.  Prints nothing where the experiment does not
 * say `blame: true`. */
void summary_blame_print(const struct store *store, size_t first, size_t end,
                         FILE *stream);

/* The same of one cell, with every row; NULL where no valid invocation has it.
 * The caller releases it. */
json_t *summary_blame_json(const struct store *store, size_t cell);

#endif
