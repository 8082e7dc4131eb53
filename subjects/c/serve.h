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

/* Serves the requests first .. first + count - 1, count at most SERVE_MOST,
 * and stores each one's service time in nanoseconds.  Returns the time from the
 * first one's start to the last one's end. */
uint64_t serve_requests(struct server *server, uint64_t first, unsigned count,
                        uint64_t *latency_ns);

#endif
