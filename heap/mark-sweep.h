/* mark-sweep.h: mark from the roots, then sweep.
 *
 * The algorithm of the mark-sweep family.  It is included after a placement
 * (mark-header.h, mark-side.h, ...), which says where the mark of an object is;
 * nothing else differs between the members. */
#ifndef HEAP_MARK_SWEEP_H
#define HEAP_MARK_SWEEP_H

#include "heap/collection-log.h"
#include "heap/plain-store.h"
#include "heap/sweep.h"
#include "heap/trace.h"

enum { FORK_IN_QUIET, FORK_IN_MAJOR };

static int64_t option_fork_in = FORK_IN_QUIET;

#define MARK_SWEEP_OPTION_FORK_IN                                              \
    {                                                                          \
        "fork-in", &option_fork_in, 0, 1, "quiet|major", NULL,                 \
            "fork between collections, or when the template has marked and "   \
            "not swept"                                                        \
    }

static struct {
    uint64_t collections;
    uint64_t marked_objects; /* of the last collection */
} mark_sweep;

static inline bool sweep_keeps(struct object *object)
{
    return mark_sweep_keeps(object);
}

static void sweep_ended(void)
{
    mark_end();
}

static const bool sweep_writes_objects = MARK_CLEARED_BY_SWEEP;

static inline struct object *mark_visit(ref *slot)
{
    struct object *object = ref_object(*slot);
    return object != NULL && !mark_test_and_set(object) ? object : NULL;
}

static void mark_sweep_mark(void)
{
    sweep_finish();
    mark_begin();
    trace_roots(mark_visit);
    mark_sweep.marked_objects = trace_drain_ahead(mark_visit);
    mark_stack_release();
    sweep_begin();
}

static void mark_sweep_collect(enum collection_kind kind,
                               enum collection_why why)
{
    (void)kind; /* every collection of this family is full */
    uint64_t start = clock_now();
    mark_sweep_mark();
    if (option_sweep == SWEEP_EAGER) {
        sweep_finish();
    }
    mark_sweep.collections++;
    collection_finish(COLLECTION_FULL, why, start);
}

static void heap_exhausted(void)
{
    mark_sweep_collect(COLLECTION_FULL, COLLECTION_THRESHOLD);
}

static void mark_sweep_before_fork(void)
{
    if (option_fork_in == FORK_IN_MAJOR && !sweep.pending) {
        mark_sweep_mark();
    }
}

/* A worker's counters are of its own collections. */
static void mark_sweep_after_fork(unsigned worker)
{
    (void)worker;
    heap_after_fork();
    mark_sweep.collections = mark_sweep.marked_objects = 0;
    sweep.freed_objects = sweep.link_writes = 0;
}

#endif
