/* estimate.h: how long invocations will take, by those that are there. */
#ifndef HARNESS_ESTIMATE_H
#define HARNESS_ESTIMATE_H

#include "harness/store.h"

/* The time of one invocation of a cell, in ns: the mean of its valid ones, else
 * of those of all cells; NAN when there is none. */
double estimate_ns(const struct store *store, size_t cell);

/* A time in words: "25 s", "4 min 10 s", "3 h 5 min". */
void estimate_text(double ns, char text[32]);

#endif
