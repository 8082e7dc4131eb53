/* mark-sweep-collector.h: the declaration that the mark-sweep family shares.
 *
 * A member includes a placement, then this, and names itself with
 * MARK_SWEEP_COLLECTOR: so the members cannot differ in anything else. */
#ifndef HEAP_MARK_SWEEP_COLLECTOR_H
#define HEAP_MARK_SWEEP_COLLECTOR_H

#include "heap/direct.h"

#include "heap/full-collections.h"
#include "heap/plain-store.h"

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
        .is_pinned = nothing_is_pinned,                                        \
        .counters = mark_sweep_counters,                                       \
        .verify = heap_verify,                                                 \
    }

#endif
