/* refcount-deferred: refcount whose locals are not counted.
 *
 * Stands for deferred reference counting (Deutsch and Bobrow, 1976), of which
 * LXR's counts of heap references alone and CPython 3.14's borrowed locals
 * (LOAD_FAST_BORROW) are cousins: reading writes nothing, because what a local
 * holds is found in the frames, when the zero-count table is full.  Before each
 * fork the template does so, and workers find no garbage of its in the table.
 *
 * Differs from refcount in the locals alone: counts and the cyclic collector's
 * lists are as there. */
#include "heap/count-header.h"

#include "heap/deferred-locals.h"

#include "heap/cycle-list.h"
#include "heap/refcount.h"

static const struct metadata metadata[] = {REFCOUNT_METADATA,
                                           DEFERRED_METADATA};
static const struct parameter options[] = {REFCOUNT_OPTIONS, DEFERRED_OPTIONS};
static const struct prepare_step prepare[] = {REFCOUNT_PREPARE_GC};

const struct collector collector = {
    .name = "refcount-deferred",
    .about = "refcount that counts only references in the heap",
    .stands_for = "deferred reference counting (Deutsch and Bobrow 1976)",
    COLLECTOR_DATA,
    .open = refcount_open,
    .close = refcount_close,
    .collect = refcount_collect,
    .before_fork = locals_before_fork,
    .after_fork = refcount_after_fork,
    .request_begin = nothing_at_request,
    .request_end = nothing_at_request,
    .each_region = refcount_each_region,
    .each_extent = counted_each_extent,
    .mark_of = cycle_mark_of,
    .is_pinned = nothing_is_pinned,
    .counters = refcount_counters,
    .verify = count_verify,
};

#include "workloads/all.h"
