/* matrix.h: the cells of an experiment: products of subjects, workloads and
 * workers, less what is excluded, in the order in which they are told. */
#ifndef HARNESS_MATRIX_H
#define HARNESS_MATRIX_H

#include "harness/experiment.h"
#include "harness/layers.h"

/* Reads `matrix`, `include`, `exclude` and `override`, checks every word
 * against the catalogue, and fills in the experiment's cells, left_out and
 * excluded, which the caller frees also after a failure.  The experiment's own
 * regime is there already. */
int matrix_read(struct experiment *experiment, const struct layers *layers,
                struct catalogue *catalogue, struct error *error);

#endif
