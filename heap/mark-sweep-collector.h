/* mark-sweep-collector.h: the declaration that the mark-sweep family shares.
 *
 * A member includes a placement, then this, and names itself with
 * MARK_SWEEP_COLLECTOR: so the members cannot differ in anything else. */
#ifndef HEAP_MARK_SWEEP_COLLECTOR_H
#define HEAP_MARK_SWEEP_COLLECTOR_H

#include "heap/direct.h"

#include "heap/allocate.h"
#include "heap/mark-sweep.h"
#include "heap/plain-store.h"

enum { FORK_IN_QUIET, FORK_IN_MAJOR };

static int64_t option_fork_in = FORK_IN_QUIET;

#define MARK_SWEEP_OPTION_FORK_IN                                              \
    {                                                                          \
        "fork-in", &option_fork_in, 0, 1, "quiet|major", NULL,                 \
            "fork between collections, or when the template has marked and "   \
            "not swept"                                                        \
    }

static void mark_sweep_collect(enum collection_kind kind,
                               enum collection_why why)
{
    (void)kind; /* every collection of this family is full */
    uint64_t start = clock_now();
    mark_sweep_mark();
    mark_sweep_finish();
    collection_finish(COLLECTION_FULL, why, start);
}

static void heap_exhausted(void)
{
    mark_sweep_collect(COLLECTION_FULL, COLLECTION_THRESHOLD);
}

static void mark_sweep_prepare_gc(void)
{
    mark_sweep_collect(COLLECTION_FULL, COLLECTION_ASKED);
}

static void mark_sweep_before_fork(void)
{
    if (option_fork_in == FORK_IN_MAJOR && !sweep.pending) {
        mark_sweep_mark();
    }
}

static const struct metadata mark_sweep_metadata[] = {
    MARK_METADATA,
    SWEEP_METADATA,
};

static const struct parameter mark_sweep_options[] = {
    SWEEP_OPTIONS, MARK_SWEEP_OPTION_FORK_IN, MARK_OPTIONS};

static const struct prepare_step mark_sweep_prepare[] = {
    {"gc", "a full collection", mark_sweep_prepare_gc},
};

#define MARK_SWEEP_COLLECTOR(NAME, STANDS_FOR, ABOUT)                          \
    const struct collector collector = {                                       \
        .name = NAME,                                                          \
        .about = ABOUT,                                                        \
        .stands_for = STANDS_FOR,                                              \
        .metadata = mark_sweep_metadata,                                       \
        .metadata_count = LENGTH(mark_sweep_metadata),                         \
        .options = mark_sweep_options,                                         \
        .option_count = LENGTH(mark_sweep_options),                            \
        .prepare = mark_sweep_prepare,                                         \
        .prepare_count = LENGTH(mark_sweep_prepare),                           \
        .open = swept_open,                                                    \
        .close = swept_close,                                                  \
        .collect = mark_sweep_collect,                                         \
        .before_fork = mark_sweep_before_fork,                                 \
        .after_fork = mark_sweep_after_fork,                                   \
        .request_begin = nothing_at_request,                                   \
        .request_end = nothing_at_request,                                     \
        .each_region = swept_each_region,                                      \
        .each_extent = swept_each_extent,                                      \
        .mark_of = mark_of,                                                    \
        .counters = mark_sweep_counters,                                       \
        .verify = heap_verify,                                                 \
    }

#endif
