/* map-moment.h: at which moment of a worker's life a map of a result is drawn.
 */
#ifndef HARNESS_MAP_MOMENT_H
#define HARNESS_MAP_MOMENT_H

#include <jansson.h>
#include <stdint.h>

#include "harness/error.h"

struct map_moment {
    enum {
        MAP_END,        /* after the last request */
        MAP_FORKED,     /* directly after the fork */
        MAP_COLLECTION, /* after the number-th collection while it was idle */
        MAP_REQUESTS,   /* after so many requests, and what came before the
                         * next */
    } kind;
    uint64_t number;
};

/* Takes end, forked, collection, collection:K or a number of requests; -1 for
 * anything else. */
int map_moment_parse(const char *text, struct map_moment *moment);

/* The index of a moment among a worker's samples.  Returns -1 with an error
 * that names those there are when none was taken then.  Not of MAP_END. */
int map_moment_find(const struct map_moment *moment, const json_t *samples,
                    struct error *error);

/* "after 5 requests"; the caller frees it. */
char *map_moment_words(const struct map_moment *moment);

#endif
