/* order.h: in which order the invocations run, and with which seeds. */
#ifndef HARNESS_ORDER_H
#define HARNESS_ORDER_H

#include <stddef.h>
#include <stdint.h>

#include "harness/experiment.h"

struct order_item {
    size_t cell;         /* index into the experiment's cells */
    unsigned invocation; /* from 1 */
};

/* All invocations of all cells, cell_count * invocations of them: invocations
 * outermost, so that a drift of the machine falls on all cells alike.  Within
 * one, the ends of numeric axes come first, then their middles, then quarters
 * and so on, so that a run that is stopped early still draws a curve; then
 * workloads and workers as the experiment lists them; then the subjects in an
 * order shuffled anew each time.  The caller frees it. */
struct order_item *order_make(const struct experiment *experiment);

/* The seed of an invocation, the same for all cells, so that their replies can
 * be compared.  Below 2^53, which every reader of JSON holds exactly. */
uint64_t order_seed(const struct experiment *experiment, unsigned invocation);

#endif
