/* arrivals.h: when the requests of an open loop are due.
 *
 * In a closed loop a worker is asked for a request when it has answered the
 * last one.  While it stalls nobody asks, and the requests that would have had
 * to wait are missing from its latencies.  In an open loop each request is due
 * at a time of its own, whatever the worker does, and its latency is taken from
 * then (Gil Tene, "How NOT to Measure Latency", calls what a closed loop leaves
 * out coordinated omission).
 *
 * Each worker has its own share of the requests, and its own queue of those
 * that are due.  Constant arrivals of all workers together are evenly spaced:
 * the workers take turns.  Poisson arrivals of each worker are independent of
 * the others', and together they are Poisson arrivals of the whole rate.
 *
 * The gap before request i of worker w, both from 0, is the quantile u of the
 * exponential distribution whose mean is workers / per_second, with u the upper
 * 53 bits of XXH64 (seed 0) of the three 64-bit numbers seed, w and i, as a
 * fraction of 2^53; so a schedule can be had again from what a result holds. */
#ifndef HARNESS_ARRIVALS_H
#define HARNESS_ARRIVALS_H

#include <stddef.h>
#include <stdint.h>

enum arrivals_kind { ARRIVALS_CLOSED, ARRIVALS_CONSTANT, ARRIVALS_POISSON };

struct arrivals {
    enum arrivals_kind kind;
    unsigned per_second; /* requests, of all workers; 0 in a closed loop */
};

/* The word in an experiment file and in a result. */
const char *arrivals_word(enum arrivals_kind kind);

/* What the schedule of one worker is made from. */
struct arrivals_share {
    struct arrivals arrivals; /* of an open loop */
    uint64_t seed;            /* of the invocation */
    unsigned worker, workers;
};

/* The nanoseconds between two requests of a worker; of Poisson arrivals, their
 * mean. */
uint64_t arrivals_interval(const struct arrivals_share *share);

/* Stores when the requests first .. first + count - 1 of the worker are due, as
 * nanoseconds from a start, rising.  A schedule may pause after any request and
 * go on from another start: of Poisson arrivals the next is as far from any
 * moment, and of constant ones the workers take turns anew. */
void arrivals_offsets(const struct arrivals_share *share, uint64_t first,
                      size_t count, uint64_t *offset_ns);

#endif
