/* bursts.h: one value for each burst of an invocation, read from its result. */
#ifndef HARNESS_BURSTS_H
#define HARNESS_BURSTS_H

#include <jansson.h>
#include <stddef.h>

enum bursts_series {
    BURSTS_RATE,    /* requests per second, of all workers */
    BURSTS_PRIVATE, /* bytes of a worker after the burst, mean of the workers */
    BURSTS_EROSION, /* broken / inherited pages, likewise */
    BURSTS_SERIES,
};

/* The values in the order of the bursts, NAN where one was not measured, of
 * every worker; `count` is the number of bursts.  The caller frees them. */
double *bursts_read(const json_t *result, enum bursts_series series,
                    size_t *count);

/* What a series is called, in JSON and in tables. */
const char *bursts_key(enum bursts_series series);
const char *bursts_header(enum bursts_series series);

#endif
