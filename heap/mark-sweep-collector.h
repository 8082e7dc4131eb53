/* mark-sweep-collector.h: the declaration that the mark-sweep family shares.
 *
 * A member includes a placement, then this, and names itself with
 * MARK_SWEEP_COLLECTOR: so the members cannot differ in anything else. */
#ifndef HEAP_MARK_SWEEP_COLLECTOR_H
#define HEAP_MARK_SWEEP_COLLECTOR_H

#include "heap/allocate.h"
#include "heap/extents.h"
#include "heap/mark-sweep.h"
#include "heap/nothing.h"
#include "heap/verify.h"

static const struct metadata mark_sweep_metadata[] = {
    MARK_METADATA,
    SWEEP_METADATA,
};

static void mark_sweep_open(void)
{
    heap_open();
    budget_renew(0);
    mark_stack_open(heap.objects.reserved / OBJECT_GRANULE);
    mark_open();
}

static void mark_sweep_close(void)
{
    mark_close();
    region_close(&mark_stack.region);
    heap_close();
}

static void mark_sweep_each_region(region_visitor *visit, void *context)
{
    heap_each_region(visit, context);
    visit(&mark_stack.region, context);
    mark_each_region(visit, context);
}

static void mark_sweep_each_extent(extent_visitor *visit, void *context)
{
    heap_each_extent(visit, context);
    mark_each_extent(visit, context);
}

static void mark_sweep_counters(number_visitor *visit, void *context)
{
    visit("heap_in_use_bytes", sweep.in_use_bytes, context);
    visit("handed_out_bytes", heap.handed_out, context);
    visit("collections", mark_sweep.collections, context);
    visit("marked_objects", mark_sweep.marked_objects, context);
    visit("freed_objects", sweep.freed_objects, context);
    visit("link_writes", sweep.link_writes, context);
}

static void mark_sweep_prepare_gc(void)
{
    mark_sweep_collect(COLLECTION_FULL, COLLECTION_ASKED);
}

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
        .open = mark_sweep_open,                                               \
        .close = mark_sweep_close,                                             \
        .collect = mark_sweep_collect,                                         \
        .before_fork = mark_sweep_before_fork,                                 \
        .after_fork = mark_sweep_after_fork,                                   \
        .request_begin = nothing_at_request,                                   \
        .request_end = nothing_at_request,                                     \
        .each_region = mark_sweep_each_region,                                 \
        .each_extent = mark_sweep_each_extent,                                 \
        .mark_of = mark_of,                                                    \
        .counters = mark_sweep_counters,                                       \
        .verify = heap_verify,                                                 \
    }

#endif
