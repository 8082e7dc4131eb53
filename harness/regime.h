/* regime.h: how a cell is run, as opposed to what it is.
 *
 * The keys are REGIME_KEYS of harness/keys.h; they stand at the top of an
 * experiment file, for all cells, and in the items of its `include` and
 * `override`, for some.
 *
 * Requests are dealt to the workers in turn, so a burst must be a multiple of
 * the number of workers.
 *
 * Before a sample and at the end of a burst all requests so far are answered;
 * the arrivals start anew after it, so that no queue is carried over, and the
 * time it takes counts for no request.  They do so after 4096 requests
 * of each worker as well.  Samples and bursts of an open loop are best few and
 * far between. */
#ifndef HARNESS_REGIME_H
#define HARNESS_REGIME_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/arrivals.h"
#include "harness/error.h"
#include "harness/yaml.h"

struct regime {
    unsigned timeout_s;
    unsigned time_limit_s; /* 0: none */
    unsigned collections_first;
    unsigned bursts;
    unsigned requests_per_burst;
    struct arrivals arrivals;
    unsigned *sample_after; /* ascending */
    size_t sample_after_count;
    bool blame;
    unsigned blame_sources;            /* bits of enum blame_source */
    uint64_t memory_bytes, swap_bytes; /* 0: no limit, no swap */
    bool memory_optional;
};

/* As a result names them. */
enum blame_source {
    BLAME_FAULTS = 1,
    BLAME_PHASES = 2,
    BLAME_BYTES = 4,
    BLAME_WRITES = 8,
};

/* The defaults; free with regime_clear. */
struct regime regime_default(void);
struct regime regime_copy(const struct regime *regime);
void regime_clear(struct regime *regime);

/* Takes from a mapping the keys that it has; the others stay as they are. */
int regime_read(struct regime *regime, struct node mapping,
                struct error *error);

/* Whether a number of workers can be run so; an error is put at `place`. */
int regime_check(const struct regime *regime, unsigned workers,
                 struct node place, struct error *error);

/* The key that means nothing because there is no limit of memory; or NULL. */
const char *regime_without_memory(const struct regime *regime);

/* Whether the subjects are asked for the same work, so that their replies can
 * be compared. */
bool regime_same_work(const struct regime *left, const struct regime *right);

/* What differs from another regime, as " KEY=VALUE" for each key that a result
 * holds; the caller frees it. */
char *regime_difference(const struct regime *regime,
                        const struct regime *other);

/* Adds to a `cell` object what a result or a description holds of it. */
void regime_put(json_t *cell, const struct regime *regime);

#endif
