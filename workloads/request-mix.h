/* request-mix.h: requests of several types, drawn by weights.
 *
 * A workload that has several types of request numbers them from 0 and has an
 * array of their weights, in this order, each of which is a parameter:
 *
 *     static int64_t pages_weights[] = {9, 1};
 *     static const struct parameter pages_parameters[] = {
 *         WEIGHT_PARAMETER("read", &pages_weights[PAGES_READ]),
 *         WEIGHT_PARAMETER("edit", &pages_weights[PAGES_EDIT]),
 *
 * A request of type t then comes in weight t of (all weights together)
 * requests.  That all of them are 0 is refused before anything is loaded, if
 * the workload's `wrong` asks request_mix_wrong(). */
#ifndef WORKLOADS_REQUEST_MIX_H
#define WORKLOADS_REQUEST_MIX_H

#include "heap/parameter.h"
#include "workloads/random.h"

#define WEIGHT_PARAMETER(type, value)                                          \
    {                                                                          \
        "weight-" type, value, 0, 1000, NULL, NULL,                            \
            "weight of the requests of type " type                             \
            ": their share of all is this, divided by all weights together"    \
    }

/* The type of a request, from its next random number. */
static inline size_t request_mix_draw(const int64_t *weights, size_t count,
                                      struct random *random)
{
    uint64_t total = 0;
    for (size_t type = 0; type < count; type++) {
        total += (uint64_t)weights[type];
    }
    uint64_t drawn = random_next(random) % total;
    size_t type = 0;
    while (drawn >= (uint64_t)weights[type]) {
        drawn -= (uint64_t)weights[type++];
    }
    return type;
}

/* What is wrong with weights, or NULL. */
static inline const char *request_mix_wrong(const int64_t *weights,
                                            size_t count)
{
    for (size_t type = 0; type < count; type++) {
        if (weights[type] > 0) {
            return NULL;
        }
    }
    return "all weights are 0: give one of them a number above 0";
}

#endif
