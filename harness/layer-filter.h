/* layer-filter.h: filters of cells (cell-filter.h) that stand in a layer of an
 * experiment (layers.h).
 *
 * A layer may be laid upon another to measure other subjects, workloads or
 * numbers of workers, and what the lower one says of those that it had is then
 * about nothing.  A filter is therefore allowed to name what is not there if a
 * layer above its own gives the factor that it names anew, or includes or
 * excludes cells; in its own layer it would be a slip of the pen. */
#ifndef HARNESS_LAYER_FILTER_H
#define HARNESS_LAYER_FILTER_H

#include <jansson.h>
#include <stdbool.h>

#include "harness/cell-filter.h"
#include "harness/layers.h"

/* Reads the filter in a scalar; free with cell_filter_close, after a failure
 * there is nothing to free. */
int layer_filter_open(struct cell_filter *filter, const struct layers *layers,
                      struct node node, const json_t *cells,
                      struct error *error);

/* Whether a layer above the node's changes what cells there are. */
bool layer_filter_is_covered(const struct layers *layers, struct node node);

#endif
