/* zygote: what is live before the fork is packed and set apart for good.
 *
 * Stands for ART's Heap::PreZygoteFork (runtime/gc/heap.cc): a full collection,
 * the live objects packed into a zygote space, their in-header marks set
 * before the fork so that no later marking writes them, a new space for what
 * comes after, and a side table of cards with a mod-union for references out
 * of the zygote space.  Until the step `zygote` it is mark-header with a card
 * barrier.
 *
 * Departs from it: the step is asked for, where ART takes it at the first fork;
 * small objects are packed in one of three orders where ART
 * fills bins by size; buffers stay where they are, sealed; one stop-the-world
 * mark-sweep for what comes after where ART copies concurrently. */
#include "heap/direct.h"
#include "heap/mark-header.h"

#include "heap/allocate.h"
#include "heap/barriered-store.h"
#include "heap/swept-heap.h"
#include "heap/zygote-space.h"

static struct {
    uint64_t collections;
    uint64_t marked_objects; /* of the last collection */
} zygote_counts;

static inline void store_barrier(struct object *object, const ref *slot)
{
    (void)slot;
    card_mark(object);
}

static inline bool sweep_keeps(struct object *object)
{
    return zygote_is_immune(object) || mark_sweep_keeps(object);
}

static const bool sweep_writes_objects = MARK_CLEARED_BY_SWEEP;

/* The zygote space counts for when to collect, as in ART. */
static void sweep_ended(void)
{
    sweep.in_use_bytes += zygote.packed_bytes;
    budget_renew(sweep.in_use_bytes);
    mark_end();
}

/* A zygote object bears its mark already, so it is not reached again. */
static struct object *zygote_mark(ref *slot)
{
    struct object *object = ref_object(*slot);
    return object != NULL && !mark_test_and_set(object) ? object : NULL;
}

static void zygote_collect(enum collection_kind kind, enum collection_why why)
{
    (void)kind; /* every collection is full, of what is not immune */
    uint64_t start = collection_begin(PHASE_MARK);
    sweep_finish();
    mark_begin();
    trace_roots(zygote_mark);
    zygote_trace_roots(zygote_mark);
    zygote_counts.marked_objects = trace_drain_ahead(zygote_mark);
    mark_stack_release();
    sweep_begin();
    if (option_sweep == SWEEP_EAGER) {
        sweep_finish();
    }
    zygote_counts.collections++;
    collection_finish(COLLECTION_FULL, why, start);
}

static void heap_exhausted(void)
{
    zygote_collect(COLLECTION_FULL, COLLECTION_THRESHOLD);
}

static void zygote_prepare_gc(void)
{
    zygote_collect(COLLECTION_FULL, COLLECTION_ASKED);
}

static void zygote_prepare(void)
{
    if (zygote.start == NULL) {
        zygote_collect(COLLECTION_FULL, COLLECTION_ASKED);
        sweep_finish();
        zygote_pack(sweep.in_use_bytes);
    }
}

static void zygote_after_fork(unsigned worker)
{
    (void)worker;
    swept_after_fork();
    zygote_counts.collections = zygote_counts.marked_objects = 0;
}

static void collector_open(void)
{
    swept_open();
    object_cards_open();
    zygote_open();
}

static void collector_close(void)
{
    zygote_close();
    swept_close();
}

static void collector_each_region(region_visitor *visit, void *context)
{
    swept_each_region(visit, context);
    zygote_each_region(visit, context);
}

static void collector_each_extent(extent_visitor *visit, void *context)
{
    swept_each_extent(visit, context);
    zygote_each_extent(visit, context);
}

static void zygote_counters(number_visitor *visit, void *context)
{
    visit("collections", zygote_counts.collections, context);
    visit("marked_objects", zygote_counts.marked_objects, context);
    swept_counters(visit, context);
    visit("moved_objects", zygote.packed_objects, context);
    visit("moved_bytes", zygote.packed_bytes, context);
}

static const struct metadata metadata[] = {
    {"mark", "header", 1, 0,
     "set by the marking, cleared by the sweep; of zygote objects set once, "
     "before the fork"},
    CARD_METADATA,
    {"mod-union", "side", 8, 1024, "by collections, from the dirty cards"},
    {"start", "side", 32, 1024, "when objects are packed, before the fork"},
    SWEEP_METADATA,
};

static const struct parameter options[] = {
    SWEEP_OPTIONS,
    CARD_OPTION,
    {"order", &option_order, 0, 2, "allocation|breadth-first|depth-first", NULL,
     "in which objects are packed"},
};

static const struct prepare_step prepare[] = {
    {"gc", "a full collection", zygote_prepare_gc},
    {"zygote",
     "a full collection, and what is live is packed and set apart; once",
     zygote_prepare},
};

const struct collector collector = {
    .name = "zygote",
    .about = "mark-header, and what is live before the fork set apart "
             "for good",
    .stands_for = "ART PreZygoteFork",
    COLLECTOR_DATA,
    .open = collector_open,
    .close = collector_close,
    .collect = zygote_collect,
    .before_fork = nothing_before_fork,
    .after_fork = zygote_after_fork,
    .request_begin = nothing_at_request,
    .request_end = nothing_at_request,
    .each_region = collector_each_region,
    .each_extent = collector_each_extent,
    .mark_of = mark_of,
    .is_pinned = nothing_is_pinned,
    .counters = zygote_counters,
    .verify = heap_verify,
};

#include "workloads/all.h"
