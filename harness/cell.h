/* cell.h: makes one cell of the matrix. */
#ifndef HARNESS_CELL_H
#define HARNESS_CELL_H

#include "harness/experiment.h"
#include "harness/variant.h"

/* The cell of one subject and one workload, which the subject has.  What
 * counts for all cells (bursts and the like) is taken from the experiment.
 * Free with cell_clear. */
struct cell cell_make(const struct experiment *experiment,
                      const struct variant *subject,
                      const struct variant *workload, unsigned workers);
void cell_clear(struct cell *cell);

#endif
