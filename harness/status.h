/* status.h: how far an experiment is, by its directory of results. */
#ifndef HARNESS_STATUS_H
#define HARNESS_STATUS_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/holdings.h"

struct cell_status {
    size_t in_state[STATES]; /* invocations, by enum state */
    double median_ns;        /* of the valid ones; NAN if there is none */
};

struct status {
    struct holdings holdings;
    struct cell_status *cells; /* as many as the holdings have */
    size_t in_state[STATES];
    double left_ns; /* that the missing ones will take; NAN: unknown */
    bool in_use;    /* a run is writing there now */
    const char *last_started; /* of all results, borrowed; "": there is none */
};

/* The experiment's name, and of a result that failed the reason and the detail;
 * of a file that is none "no-result" and the fault.  Borrowed. */
const char *status_name(const struct status *status);
const char *status_reason(const struct holding *holding);
const char *status_detail(const struct holding *holding);

/* As tables: a line of each directory, or one with its cells and failures. */
void status_print_all(const struct status *items, size_t count);
void status_print_one(const struct status *status);

/* As JSON, with the cells and failures of each. */
void status_print_json(const struct status *items, size_t count);

#endif
