/* compact-two-finger: mark-side, and a compaction before the fork.
 *
 * Stands for Ruby's GC.compact and GC.auto_compact (2.7 and 3.0 on): objects of
 * each size are moved into the free cells with the lowest addresses, so that a
 * worker allocates on pages of its own and not in holes between live objects.
 * A share of the objects is pinned, because something refers to them that
 * cannot be updated; the talk of 2018 could move 46 %.  Differs from mark-side
 * in the compaction alone.  heap/two-finger.h says where it departs. */
#include "heap/mark-side.h"

#include "heap/direct.h"
#include "heap/full-collections.h"
#include "heap/plain-store.h"
#include "heap/two-finger.h"

enum { AUTO_COMPACT_NO, AUTO_COMPACT_YES };

static int64_t option_auto_compact = AUTO_COMPACT_NO;

static const struct metadata metadata[] = {
    MARK_METADATA,
    SWEEP_METADATA,
    TWO_FINGER_METADATA,
};

static const struct parameter options[] = {
    SWEEP_OPTIONS,
    MARK_SWEEP_OPTION_FORK_IN,
    TWO_FINGER_OPTIONS,
    {"auto-compact", &option_auto_compact, 0, 1, "no|yes", NULL,
     "compact in every full collection, in workers too"},
};

/* Nothing but the mark is known of an object. */
static inline void two_finger_carry(const struct object *from,
                                    const struct object *to)
{
    (void)from;
    (void)to;
}

static void two_finger_update_more(void) {}

static void compact(enum collection_why why)
{
    uint64_t start = collection_begin(PHASE_MARK);
    mark_sweep_mark();
    sweep_finish();
    two_finger_compact();
    mark_sweep.collections++;
    collection_finish(COLLECTION_FULL, why, start);
}

static void compact_collect(enum collection_kind kind, enum collection_why why)
{
    if (option_auto_compact == AUTO_COMPACT_YES) {
        compact(why);
    } else {
        mark_sweep_collect(kind, why);
    }
}

static void compact_prepare_compact(void)
{
    compact(COLLECTION_ASKED);
}

static const struct prepare_step prepare[] = {
    {"gc", "a full collection", mark_sweep_prepare_gc},
    {"compact", "a full collection, and a compaction", compact_prepare_compact},
};

static void compact_after_fork(unsigned worker)
{
    mark_sweep_after_fork(worker);
    memset(&two_finger, 0, sizeof two_finger);
}

static void compact_counters(number_visitor *visit, void *context)
{
    mark_sweep_counters(visit, context);
    two_finger_counters(visit, context);
}

const struct collector collector = {
    .name = "compact-two-finger",
    .about = "mark-sweep with side marks, compacted before the fork",
    .stands_for = "Ruby GC.compact",
    COLLECTOR_DATA,
    .open = swept_open,
    .close = swept_close,
    .collect = compact_collect,
    .before_fork = mark_sweep_before_fork,
    .after_fork = compact_after_fork,
    .request_begin = nothing_at_request,
    .request_end = nothing_at_request,
    .each_region = swept_each_region,
    .each_extent = swept_each_extent,
    .mark_of = mark_of,
    .is_pinned = two_finger_pins,
    .counters = compact_counters,
    .verify = heap_verify,
};

#include "workloads/all.h"
