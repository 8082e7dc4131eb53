/* swept-heap.h: the shared heap with marks, a mark stack and a sweep, as every
 * collector opens and shows it that marks and sweeps.
 *
 * It is included after a placement of the mark. */
#ifndef HEAP_SWEPT_HEAP_H
#define HEAP_SWEPT_HEAP_H

#include "heap/extents.h"
#include "heap/nothing.h"
#include "heap/sweep.h"
#include "heap/trace.h"
#include "heap/verify.h"

static void swept_open(void)
{
    heap_open();
    budget_renew(0);
    mark_stack_open(heap.objects.reserved / OBJECT_GRANULE);
    mark_open();
}

static void swept_close(void)
{
    mark_close();
    region_close(&mark_stack.region);
    heap_close();
}

static void swept_each_region(region_visitor *visit, void *context)
{
    heap_each_region(visit, context);
    visit(&mark_stack.region, context);
    mark_each_region(visit, context);
}

static void swept_each_extent(extent_visitor *visit, void *context)
{
    heap_each_extent(visit, context);
    mark_each_extent(visit, context);
}

static void swept_counters(number_visitor *visit, void *context)
{
    visit("heap_in_use_bytes", sweep.in_use_bytes, context);
    visit("handed_out_bytes", heap.handed_out, context);
    visit("freed_objects", sweep.freed_objects, context);
    visit("link_writes", sweep.link_writes, context);
}

/* A worker's counters are of its own collections. */
static void swept_after_fork(void)
{
    heap_after_fork();
    sweep.freed_objects = sweep.link_writes = 0;
}

#endif
