/* matrix.h: the product of subjects, workloads and workers. */
#ifndef HARNESS_MATRIX_H
#define HARNESS_MATRIX_H

#include "harness/experiment.h"
#include "harness/yaml.h"

/* Reads the value of the key `matrix`, checks every word of it against the
 * catalogue, and fills in the experiment's cells and left_out, which the
 * caller frees also after a failure.  The experiment's own numbers are there
 * already; `requests_per_burst` is where that number stands, or absent. */
int matrix_read(struct experiment *experiment, struct node matrix,
                struct node requests_per_burst,
                const struct catalogue *catalogue, struct error *error);

#endif
