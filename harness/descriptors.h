/* descriptors.h: whether this process may open all that a run needs at once. */
#ifndef HARNESS_DESCRIPTORS_H
#define HARNESS_DESCRIPTORS_H

#include "harness/experiment.h"

/* Raises the limit of open files as far as it may be raised.  -1 when that is
 * not enough for the cell with the most workers; subjects are not affected. */
int descriptors_allow(const struct experiment *experiment, struct error *error);

#endif
