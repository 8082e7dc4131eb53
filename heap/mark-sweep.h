/* mark-sweep.h: mark from the roots, then sweep.
 *
 * The algorithm of the mark-sweep family, and of the mature generation of the
 * family with a nursery.  It is included after a placement (mark-header.h,
 * mark-side.h, ...), which says where the mark of an object is, and after
 * ref_object(). */
#ifndef HEAP_MARK_SWEEP_H
#define HEAP_MARK_SWEEP_H

#include "heap/sweep-marked.h"
#include "heap/swept-heap.h"

static struct {
    uint64_t collections;
    uint64_t marked_objects; /* of the last collection */
} mark_sweep;

static inline struct object *mark_visit(ref *slot)
{
    struct object *object = ref_object(*slot);
    return object != NULL && !mark_test_and_set(object) ? object : NULL;
}

/* Marks; the sweep is pending then. */
static void mark_sweep_mark(void)
{
    sweep_finish();
    mark_begin();
    trace_roots(mark_visit);
    mark_sweep.marked_objects = trace_drain_ahead(mark_visit);
    mark_stack_release();
    sweep_begin();
}

/* The end of a collection that has marked. */
static void mark_sweep_finish(void)
{
    if (option_sweep == SWEEP_EAGER) {
        sweep_finish();
    }
    mark_sweep.collections++;
}

static void mark_sweep_after_fork(unsigned worker)
{
    (void)worker;
    swept_after_fork();
    mark_sweep.collections = mark_sweep.marked_objects = 0;
}

static void mark_sweep_counters(number_visitor *visit, void *context)
{
    visit("collections", mark_sweep.collections, context);
    visit("marked_objects", mark_sweep.marked_objects, context);
    swept_counters(visit, context);
}

#endif
