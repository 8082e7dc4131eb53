/* refcount-immortal: refcount-freeze whose template's objects are immortal.
 *
 * Stands for CPython 3.12 (PEP 683) as Instagram runs it: what is there before
 * the fork is made immortal, and reading it writes nothing.  As in CinderX's
 * immortalize_heap(), the containers are moved to the permanent generation
 * first, so that the cyclic collector does not look at them either; CPython
 * itself moves an immortal container there when a collection comes to it.  An
 * immortal object that a worker stores into holds what it refers to, as ever.
 *
 * The step `immortalize` does it; a template that was not asked does so before
 * its first fork.  Departs from CinderX: it collects first, which is the step
 * `gc` here, and reaches what containers refer to, where this takes all that is
 * in the heap. */
#define CYCLIC_DEFAULT CYCLIC_WORKERS

#include "heap/count-immortal.h"

#include "heap/counted-locals.h"
#include "heap/cycle-freeze.h"
#include "heap/refcount.h"

static uint64_t immortal_objects;

static void immortal_take(const void *start, size_t bytes, const char *what,
                          void *context)
{
    const struct object *object = start;
    (void)bytes;
    (void)context;
    if (strcmp(what, EXTENT_OBJECT) == 0 && count_is_exact(object)) {
        *count_word(object) = COUNT_IMMORTAL;
        immortal_objects++;
    }
}

static void immortal_prepare(void)
{
    cycle_freeze();
    counted_each_extent(immortal_take, NULL);
}

static void immortal_before_fork(void)
{
    if (immortal_objects == 0) {
        immortal_prepare();
    }
}

static void immortal_open(void)
{
    immortal_objects = 0;
    refcount_open();
}

/* No collection looks at what is immortal. */
static const void *immortal_mark_of(const struct object *object)
{
    return count_is_exact(object) ? cycle_mark_of(object) : NULL;
}

static void immortal_counters(number_visitor *visit, void *context)
{
    refcount_counters(visit, context);
    visit("immortal_objects", immortal_objects, context);
}

static const struct metadata metadata[] = {REFCOUNT_METADATA};
static const struct parameter options[] = {REFCOUNT_OPTIONS};
static const struct prepare_step prepare[] = {
    REFCOUNT_PREPARE_GC,
    {"immortalize", "whatever there is now is immortal, and frozen",
     immortal_prepare},
};

const struct collector collector = {
    .name = "refcount-immortal",
    .about = "refcount-freeze, and what is frozen is counted no more",
    .stands_for = "CPython 3.12 (PEP 683) with Instagram's immortalize_heap",
    COLLECTOR_DATA,
    .open = immortal_open,
    .close = refcount_close,
    .collect = refcount_collect,
    .before_fork = immortal_before_fork,
    .after_fork = refcount_after_fork,
    .request_begin = nothing_at_request,
    .request_end = nothing_at_request,
    .each_region = refcount_each_region,
    .each_extent = counted_each_extent,
    .mark_of = immortal_mark_of,
    .is_pinned = nothing_is_pinned,
    .counters = immortal_counters,
    .verify = count_verify,
};

#include "workloads/all.h"
