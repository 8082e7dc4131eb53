/* serve.h: serving requests of a workload, and what is known of it after. */
#ifndef SUBJECTS_C_SERVE_H
#define SUBJECTS_C_SERVE_H

#include "subjects/c/settings.h"

#define SERVE_MOST 4096u /* requests in one command */

/* One worker's serving; the template is worker 2^31 and serves nothing. */
struct server {
    struct settings settings;
    uint64_t worker;
    uint64_t replies; /* running checksum, see PROTOCOL.md */
};

/* Builds the template's heap.  Returns the nanoseconds it took. */
uint64_t serve_load(struct server *server);

/* Runs the step of the collector's that bears the name; false: it has none. */
bool serve_prepare(const char *step);

/* The times of the requests of one command, in nanoseconds. */
struct serve_times {
    bool scheduled; /* there is a due_ns; or each is due when the one before it
                     * has ended */
    uint64_t due_ns[SERVE_MOST];     /* of CLOCK_MONOTONIC */
    uint64_t latency_ns[SERVE_MOST]; /* of service: from its begin to its end */
    uint64_t response_ns[SERVE_MOST]; /* from when it was due to its end */
};

/* Serves the requests first .. first + count - 1, count at most SERVE_MOST,
 * none before it is due, and stores each one's times.  Returns the time from
 * the first one's start to the last one's end. */
uint64_t serve_requests(struct server *server, uint64_t first, unsigned count,
                        struct serve_times *times);

#endif
