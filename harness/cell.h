/* cell.h: makes one cell of the matrix. */
#ifndef HARNESS_CELL_H
#define HARNESS_CELL_H

#include <stdbool.h>

#include "harness/experiment.h"
#include "harness/variant.h"

/* The cell of one subject and one workload, which the subject has; the regime
 * is copied.  Free with cell_clear. */
struct cell cell_make(const struct regime *regime,
                      const struct variant *subject,
                      const struct variant *workload, unsigned workers);
void cell_clear(struct cell *cell);

/* Whether two cells differ in nothing but the subject, so that their workers
 * must reply the same. */
bool cell_same_work(const struct cell *left, const struct cell *right);

/* Whether they stand in one table: the same work, done in the same regime. */
bool cell_same_group(const struct cell *left, const struct cell *right);

#endif
