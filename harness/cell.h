/* cell.h: makes one cell of the matrix. */
#ifndef HARNESS_CELL_H
#define HARNESS_CELL_H

#include <stdbool.h>

#include "harness/experiment.h"
#include "harness/variant.h"

/* The cell of one subject and one workload, which the subject has; the regime
 * is copied.  Its id waits for cell_finish.  Free with cell_clear. */
struct cell cell_make(const struct regime *regime,
                      const struct variant *subject,
                      const struct variant *workload, unsigned workers);
void cell_clear(struct cell *cell);

/* The regime is settled: what it differs in from that of the experiment is
 * added to the label of the workload (" bursts=20"), and the cell has its id.
 */
void cell_finish(struct cell *cell, const struct regime *usual);

/* Whether two cells differ in nothing but the subject, so that their workers
 * must reply the same. */
bool cell_same_work(const struct cell *left, const struct cell *right);

/* Whether they stand in one table: they differ in nothing but the subject, and
 * are run alike. */
bool cell_same_group(const struct cell *left, const struct cell *right);

#endif
