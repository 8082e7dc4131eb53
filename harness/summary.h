/* summary.h: the table at the end of a run, and the same as JSON. */
#ifndef HARNESS_SUMMARY_H
#define HARNESS_SUMMARY_H

#include <stdio.h>

#include "harness/store.h"

/* One table for each workload and number of workers; where collections were
 * asked of idle workers, a second one about these; one of the bursts that
 * steady states begin with (summary-interval.h); one of what the workers
 * counted, one of the events that the kernel counted in them, and of each cell
 * one of who broke its pages (summary-blame.h), of one invocation.  Every other
 * number is the median over the valid invocations, `-` where none measured it.
 * A ratio whose interval covers 1 is called the same. */
void summary_print(const struct store *store, FILE *stream);

/* The same numbers in base units, with their intervals. */
json_t *summary_json(const struct store *store);

#endif
