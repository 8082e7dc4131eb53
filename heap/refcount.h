/* refcount.h: a counting collector, put together.
 *
 * It is included after a place for the count (count-*.h), a cyclic collector
 * (cycle-*.h) and what is done about locals (*-locals.h). */
#ifndef HEAP_REFCOUNT_H
#define HEAP_REFCOUNT_H

#include "heap/counted-extents.h"
#include "heap/counted-store.h"
#include "heap/count-verify.h"
#include "heap/nothing.h"

/* Bytes of the smallest container, with the references that it holds. */
#define COUNTED_LEAST OBJECT_GRANULE

static void refcount_open(void)
{
    heap_open();
    mark_stack_open((size_t)option_reserve / COUNTED_LEAST);
    count_open();
    cycle_open();
    locals_open();
}

static void refcount_close(void)
{
    locals_close();
    cycle_close();
    count_close();
    region_close(&mark_stack.region);
    heap_close();
}

static void refcount_collect(enum collection_kind kind, enum collection_why why)
{
    cycle_asked(kind, why);
}

static void refcount_after_fork(unsigned worker)
{
    (void)worker;
    heap_after_fork();
    cycle_after_fork();
    locals_after_fork();
    counted_freed_objects = 0;
}

static void refcount_each_region(region_visitor *visit, void *context)
{
    heap_each_region(visit, context);
    visit(&mark_stack.region, context);
    count_each_region(visit, context);
    cycle_each_region(visit, context);
    locals_each_region(visit, context);
}

static void refcount_counters(number_visitor *visit, void *context)
{
    visit("handed_out_bytes", heap.handed_out, context);
    visit("freed_objects", counted_freed_objects, context);
    cycle_counters(visit, context);
    locals_counters(visit, context);
}

static void refcount_prepare_gc(void)
{
    cycle_asked(COLLECTION_FULL, COLLECTION_ASKED);
}

#define REFCOUNT_PREPARE_GC                                                    \
    {                                                                          \
        "gc", "a full cyclic collection", refcount_prepare_gc                  \
    }

#define REFCOUNT_OPTIONS HEAP_OPTIONS, CYCLE_OPTIONS

#define REFCOUNT_METADATA                                                      \
    COUNT_METADATA, CYCLE_METADATA, COUNTED_METADATA,                          \
    {                                                                          \
        "zero", "body", 64, 0,                                                 \
            "references of cyclic garbage, before it is freed"                 \
    }

#define REFCOUNT_OPERATIONS                                                    \
    .open = refcount_open, .close = refcount_close,                            \
    .collect = refcount_collect, .before_fork = nothing_before_fork,           \
    .after_fork = refcount_after_fork, .request_begin = nothing_at_request,    \
    .request_end = nothing_at_request, .each_region = refcount_each_region,    \
    .each_extent = counted_each_extent, .mark_of = cycle_mark_of,              \
    .is_pinned = nothing_is_pinned, .counters = refcount_counters,             \
    .verify = count_verify

#endif
