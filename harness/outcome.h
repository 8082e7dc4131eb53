/* outcome.h: what the summary and the comparison of subjects need of one
 * result; read from the result's JSON, whether it was written just now or by an
 * earlier run. */
#ifndef HARNESS_OUTCOME_H
#define HARNESS_OUTCOME_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "harness/bursts.h"
#include "harness/event-count.h"
#include "harness/steady.h"

/* What is summed up, in base units.  Those from MEASURE_FIRST_IDLE on are about
 * the collections asked of idle workers, those from MEASURE_MINORS on are
 * counters that the workers kept. */
enum measure {
    MEASURE_INHERITED,        /* bytes */
    MEASURE_BROKEN,           /* share of the inherited pages, at the end */
    MEASURE_BROKEN_BYTES,     /* the same in bytes of a worker */
    MEASURE_DISTILLED_BYTES,  /* of these, all but the hole cost and the
                               * collector cost of the worker's floor */
    MEASURE_PRIVATE,          /* bytes of a worker, at the end */
    MEASURE_PSS,              /* bytes of a worker, at the end */
    MEASURE_PEAK,             /* bytes of all processes: what the template had
                               * before the fork, and the most that the workers
                               * had for themselves at one sample */
    MEASURE_RATE,             /* requests per second, of all workers */
    MEASURE_P50,              /* ns of service */
    MEASURE_P99,              /* ns of service */
    MEASURE_P999,             /* ns of service */
    MEASURE_OFFERED,          /* requests per second that were due, of all
                               * workers; as the next seven of an open loop */
    MEASURE_ACHIEVED,         /* requests per second that were begun */
    MEASURE_BUSY,             /* share of the time, mean of the workers */
    MEASURE_RESPONSE_P50,     /* ns from when a request was due to its end */
    MEASURE_RESPONSE_P99,     /* ns */
    MEASURE_RESPONSE_P999,    /* ns */
    MEASURE_WAKEUP_P99,       /* ns from when a request was due that a worker
                               * was waiting for to its begin */
    MEASURE_FIRST_COLLECTION, /* ns, median of the workers */
    MEASURE_WALL,             /* ns, of the whole invocation */
    MEASURE_STARTED,          /* when it began: seconds since 1970 */
    /* Of all processes together, where their memory is limited. */
    MEASURE_GROUP_PEAK,   /* bytes of memory */
    MEASURE_GROUP_SWAP,   /* bytes in swap, the most at one sample */
    MEASURE_MAJOR_FAULTS, /* until the last request, as the next */
    MEASURE_REFAULTS,     /* pages */
    MEASURE_FIRST_IDLE,   /* ns, as all below a mean of the workers */
    MEASURE_SECOND_IDLE,  /* ns */
    MEASURE_OBJECT_PAGES, /* inherited */
    /* Counted in the layout: pages of objects, or the side's, that hold one. */
    MEASURE_HEADER_PAGES,
    MEASURE_MARK_PAGES,
    MEASURE_SIDE_MARK_PAGES,
    MEASURE_FREE_CELL_PAGES,
    MEASURE_IDLE_BROKEN, /* object pages broken by the first collection */
    MEASURE_IDLE_SHARE,  /* the same as a share of the object pages */
    MEASURE_SIDE_PAGES,  /* side pages broken or new by it */
    MEASURE_SIDE_SHARE,  /* the same as a share of the object bytes */
    MEASURE_MINORS,      /* collections, as all below the mean of the workers */
    MEASURE_COLLECTIONS,
    MEASURE_PROMOTED_OBJECTS,
    MEASURE_PROMOTED_BYTES,
    MEASURE_OLD_TO_YOUNG, /* references */
    MEASURE_REWRITTEN,    /* references */
    MEASURE_REWRITTEN_PAGES,
    MEASURE_AVOIDED_REWRITES,
    MEASURE_SLOW_PATHS,
    MEASURE_TABLE_LOADS,
    MEASURE_LINK_WRITES,
    MEASURE_COUNT,
};

struct outcome {
    bool known; /* there is a result */
    bool valid;
    char *reason; /* why it is not, as in the result; NULL: none is given */
    double measures[MEASURE_COUNT]; /* NAN: not measured */
    struct steady steady[BURSTS_SERIES];
    struct event_counts events;
    json_t *blame;  /* as in the result; NULL: none was asked for */
    json_t *floors; /* of the workers that have one */
    char **graphs;  /* checksums: of the template, then of each worker */
    char **replies; /* of each worker; NULL-terminated as well */
};

/* outcome-latency.c and outcome-limits.c: parts of outcome_read. */
void outcome_read_latency(const json_t *result, double *measures);
void outcome_read_limits(const json_t *result, double *measures);

/* Reads an outcome; free with outcome_clear. */
struct outcome outcome_read(const json_t *result);
void outcome_clear(struct outcome *outcome);

#endif
