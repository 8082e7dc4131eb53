/* measurement.h: makes invocations, one after the other, and keeps each one's
 * result. */
#ifndef HARNESS_MEASUREMENT_H
#define HARNESS_MEASUREMENT_H

#include <jansson.h>

#include "harness/order.h"
#include "harness/progress.h"
#include "harness/store.h"

struct measurement {
    struct store store;
    struct progress progress;
    int interrupt;  /* see interrupt.h */
    double load;    /* before the first invocation; negative when unknown */
    json_t *warned; /* codes of warnings that have been said */
};

/* Runs one invocation, compares its checksums with those of other subjects at
 * the same work, and writes its result: OK, also where that is invalid.  What
 * is not OK is in the error. */
enum exit_status measurement_make(struct measurement *measurement,
                                  const struct order_item *item,
                                  struct error *error);

/* The status and the words of a run that a signal has ended. */
enum exit_status measurement_interrupted(const struct measurement *measurement,
                                         struct error *error);

#endif
