/* gencopy.h: the gencopy family: a copying nursery, and an old generation that
 * is copied, too.
 *
 * Nursery and promotion are minimark's; the old generation is semispace's two
 * spaces: bump allocation instead of cells, so nothing is linked, and a major
 * collection in a worker moves all small objects out of the pages that it
 * inherited.
 *
 * A member includes its promotion, then a means of remembering, then this, and
 * names itself with GENERATIONAL_COLLECTOR: so the members differ in the means
 * alone.  Free buffers are told by a bitmap, because some means have to know
 * what they are and none may write into them. */
#ifndef HEAP_GENCOPY_H
#define HEAP_GENCOPY_H

#include "heap/semispace.h"
#include "heap/used-pages.h"

#define OLD_METADATA SEMISPACE_METADATA, UNMOVED_BITMAP_METADATA

#define OLD_OPTIONS                                                            \
    SEMISPACE_OPTIONS,                                                         \
    {                                                                          \
        "fork-in", &option_fork_in, 0, 1, "quiet|minor", NULL,                 \
            "fork with an empty nursery, or with one that each worker's "      \
            "first allocation has to empty"                                    \
    }

#include "heap/generational.h"

static inline unsigned mark_of_new(void)
{
    return 0;
}

static inline void *old_take(size_t bytes)
{
    if (bytes > heap.cell_most) {
        return heap_take_large(&heap.large, bytes);
    }
    void *taken = copy_space_take(&semispace.active, bytes);
    remembered_placed(taken, bytes);
    return taken;
}

static inline void semispace_placed(const void *place, size_t bytes)
{
    remembered_placed(place, bytes);
}

static inline void object_promoted(struct object *copy)
{
    if (copy->header & HEADER_BUFFERED) {
        buffered_add(copy);
    }
}

static void old_collect(void)
{
    semispace_copy();
    promotion_marked();
}

/* A minor collection must find room for all that is young. */
static bool old_is_full(void)
{
    return heap.handed_out > heap.budget ||
           !copy_space_has(&semispace.active, nursery_bytes());
}

static void old_before_fork(void) {}

static void old_after_fork(unsigned worker)
{
    semispace_after_fork(worker);
}

static inline void old_each_range(void (*visit)(const struct region *range))
{
    visit(&semispace.active.region);
    visit(&semispace.other.region);
    visit(&heap.large.region);
    visit(&heap.buffers);
}

static inline void old_each_used(stretch_visitor *visit)
{
    visit(semispace.active.first, semispace.active.next);
    used_large(&heap.large, visit);
    used_buffers(visit);
}

static void old_open(void)
{
    option_free = FREE_BITMAP;
    semispace_open();
}

static void old_close(void)
{
    semispace_close();
}

static void old_each_region(region_visitor *visit, void *context)
{
    semispace_each_region(visit, context);
}

static void old_each_extent(extent_visitor *visit, void *context)
{
    semispace_each_extent(visit, context);
}

static const void *old_mark_of(const struct object *object)
{
    return unmoved_mark_of(object);
}

static void old_counters(number_visitor *visit, void *context)
{
    semispace_counters(visit, context);
}

#endif
