/* minimark.h: the minimark family: a nursery, and an old generation that is
 * the shared heap, marked and swept.
 *
 * A member includes a placement of the mark, then a promotion
 * (rewrite-promotion.h or table-promotion.h), then this, and names itself with
 * GENERATIONAL_COLLECTOR: so the members cannot differ in anything else. */
#ifndef HEAP_MINIMARK_H
#define HEAP_MINIMARK_H

#include "heap/old-swept.h"
#include "heap/remember-flag.h"

#define OLD_METADATA MARK_METADATA, SWEEP_METADATA

#define OLD_OPTIONS                                                            \
    SWEEP_OPTIONS,                                                             \
        {"fork-in",                                                            \
         &option_fork_in,                                                      \
         0,                                                                    \
         2,                                                                    \
         "quiet|minor|major",                                                  \
         NULL,                                                                 \
         "fork with an empty nursery, with one that each worker's first "      \
         "allocation has to empty, or when the template has marked and not "   \
         "swept"},                                                             \
        MARK_OPTIONS

#include "heap/generational.h"

static inline void object_promoted(struct object *copy)
{
    (void)copy; /* its buffer is old from birth */
}

static void old_collect(void)
{
    mark_sweep_mark();
    promotion_marked();
    mark_sweep_finish();
}

static bool old_is_full(void)
{
    return heap.handed_out > heap.budget;
}

static void old_before_fork(void)
{
    if (option_fork_in == FORK_IN_MAJOR && !sweep.pending) {
        mark_sweep_mark();
        promotion_marked();
    }
}

static void old_after_fork(unsigned worker)
{
    mark_sweep_after_fork(worker);
}

static void old_open(void)
{
    swept_open();
}

static void old_close(void)
{
    swept_close();
}

static void old_each_region(region_visitor *visit, void *context)
{
    swept_each_region(visit, context);
}

static void old_each_extent(extent_visitor *visit, void *context)
{
    swept_each_extent(visit, context);
}

static const void *old_mark_of(const struct object *object)
{
    return mark_of(object);
}

static void old_counters(number_visitor *visit, void *context)
{
    mark_sweep_counters(visit, context);
}

#endif
