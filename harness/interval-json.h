/* interval-json.h: intervals as JSON. */
#ifndef HARNESS_INTERVAL_JSON_H
#define HARNESS_INTERVAL_JSON_H

#include <jansson.h>

#include "harness/interval.h"

/* {KEY, low, high, n}, where KEY ("median", "ratio") is the estimate; what
 * there is not is null, with the reason under low_why and so on.  The caller
 * releases it. */
json_t *interval_json(struct interval interval, const char *key);

/* How intervals are made, for whoever reads the JSON: {method, level,
 * resamples, seed, minimum}. */
json_t *interval_method_json(void);

/* A number, or null and the reason under KEY_why. */
void number_set(json_t *object, const char *key, double value, const char *why);

#endif
