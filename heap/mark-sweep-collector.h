/* mark-sweep-collector.h: the declaration that the mark-sweep family shares.
 *
 * A member includes a placement, then this, and names itself with
 * MARK_SWEEP_COLLECTOR: so the members cannot differ in anything else. */
#ifndef HEAP_MARK_SWEEP_COLLECTOR_H
#define HEAP_MARK_SWEEP_COLLECTOR_H

#include "heap/allocate.h"
#include "heap/layout.h"
#include "heap/mark-sweep.h"
#include "heap/nothing.h"
#include "heap/verify.h"

static const struct metadata mark_sweep_metadata[] = {
    MARK_METADATA,
    {"free-link", "body", 64, 0, "in dead cells, by the sweep"},
    {"block", "side", 256, BLOCK_BYTES,
     "when a block is handed out, emptied or swept"},
    {"run", "side", 32, PAGE_BYTES, "when a large piece comes or goes"},
    {"mark-stack", "side", 64, 0,
     "by the marking, for objects reached and not yet scanned; given back "
     "after it"},
};

static void mark_sweep_open(void)
{
    heap_open();
    budget_renew(0);
    mark_stack_open();
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

static void mark_sweep_layout(number_visitor *visit, void *context)
{
    layout_visit(visit, context);
    visit("mark_bytes", mark_bytes(), context);
}

static void mark_sweep_counters(number_visitor *visit, void *context)
{
    visit("heap_in_use_bytes", mark_sweep.in_use_bytes, context);
    visit("handed_out_bytes", heap.handed_out, context);
    visit("collections", mark_sweep.collections, context);
    visit("marked_objects", mark_sweep.marked_objects, context);
    visit("freed_objects", mark_sweep.freed_objects, context);
    visit("link_writes", mark_sweep.link_writes, context);
}

/* A worker's counters are of its own collections. */
static void mark_sweep_after_fork(unsigned worker)
{
    (void)worker;
    mark_sweep.collections = mark_sweep.marked_objects = 0;
    mark_sweep.freed_objects = mark_sweep.link_writes = 0;
}

static void mark_sweep_prepare_gc(void)
{
    mark_sweep_collect(COLLECTION_FULL, COLLECTION_ASKED);
}

static const struct parameter mark_sweep_options[] = {
    BUDGET_OPTION_GROWTH,
    HEAP_OPTION_RESERVE,
};

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
        .before_fork = nothing_before_fork,                                    \
        .after_fork = mark_sweep_after_fork,                                   \
        .request_begin = nothing_at_request,                                   \
        .request_end = nothing_at_request,                                     \
        .each_region = mark_sweep_each_region,                                 \
        .layout = mark_sweep_layout,                                           \
        .counters = mark_sweep_counters,                                       \
        .verify = heap_verify,                                                 \
    }

#endif
