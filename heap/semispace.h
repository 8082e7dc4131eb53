/* semispace.h: two contiguous spaces, and what lives is copied from one into
 * the other.
 *
 * Cheney's algorithm, for a collector that has nothing else, and for an old
 * generation.  Depth-first order is the trace stack's: the objects that one
 * object refers to first lie together, and then follows what the last of them
 * leads to. */
#ifndef HEAP_SEMISPACE_H
#define HEAP_SEMISPACE_H

#include "heap/copy-space.h"
#include "heap/direct.h"
#include "heap/trace.h"
#include "heap/unmoved.h"

#define SEMISPACE_METADATA                                                     \
    {"object", "body", 0, 0,                                                   \
     "every small object: copied into the other space by each collection"},    \
        {"forwarding", "header", 64, 0,                                        \
         "in the copy that is left, before its space is given back"},          \
        {"reference", "body", 64, 0, "to an object that was copied"},          \
    {                                                                          \
        "mark-stack", "side", 64, 0,                                           \
            "for large objects that were reached and, depth-first, for "       \
            "copies; "                                                         \
            "given back after the collection"                                  \
    }

#define SEMISPACE_OPTIONS                                                      \
    UNMOVED_OPTION_RESERVE, BUDGET_OPTION_GROWTH, HEAP_OPTION_AFTER_FORK,      \
        COPY_SPACE_OPTION_VACATED,                                             \
    {                                                                          \
        "order", &option_order, 0, 1, "breadth-first|depth-first", NULL,       \
            "in which objects are copied"                                      \
    }

enum { ORDER_BREADTH_FIRST, ORDER_DEPTH_FIRST };

static int64_t option_order = ORDER_BREADTH_FIRST;

static struct {
    struct copy_space active; /* where objects are */
    struct copy_space other;  /* empty between collections */
    uint64_t collections;
    uint64_t marked_objects; /* of the last collection */
    uint64_t moved_objects, moved_bytes;
    uint64_t in_use_bytes;
} semispace;

/* An object is about to be copied to this place. */
static inline void semispace_placed(const void *place, size_t bytes);

static inline struct object *survivor(struct object *object)
{
    return object->header & HEADER_FORWARDED ? object_forwarded(object) : NULL;
}

/* During a collection objects go from `other` to `active`.  Copies are visited
 * in their space, or from the stack. */
static inline struct object *semispace_visit(ref *slot)
{
    struct object *object = ref_object(*slot);
    if (copy_space_holds(&semispace.other, object)) {
        struct object *copy = survivor(object);
        bool first = copy == NULL;
        if (first) {
            copy = copy_space_copy(&semispace.active, object);
            semispace_placed(copy, object_bytes(copy));
            object_forward(object, copy);
            semispace.moved_objects++;
        }
        *slot = object_ref(copy);
        return first && option_order == ORDER_DEPTH_FIRST ? copy : NULL;
    }
    return object != NULL && !large_test_and_mark(&heap.large, object) ? object
                                                                       : NULL;
}

/* Returns the number of objects whose slots it visited, as trace_drain does.
 * Breadth-first, the space itself is the queue. */
static uint64_t semispace_drain(void)
{
    uint64_t scanned = trace_drain(semispace_visit);
    char *next = semispace.active.first;
    while (option_order == ORDER_BREADTH_FIRST &&
           next < semispace.active.next) {
        struct object *object = (struct object *)next;
        trace_object(object, semispace_visit);
        next = copy_space_after(&semispace.active, object);
        scanned += 1 + trace_drain(semispace_visit);
    }
    return scanned;
}

/* Copies what lives, and empties the space that is left. */
static void semispace_copy(void)
{
    struct copy_space left = semispace.active;
    semispace.active = semispace.other;
    semispace.other = left;
    phase_enter(PHASE_COMPACT);
    trace_roots(semispace_visit);
    semispace.marked_objects = semispace_drain();
    mark_stack_release();
    size_t bytes = copy_space_bytes(&semispace.active);
    semispace.moved_bytes += bytes;
    phase_enter(PHASE_SWEEP);
    semispace.in_use_bytes = unmoved_sweep(bytes);
    copy_space_vacate(&semispace.other);
    semispace.collections++;
}

/* A worker's counters are of its own collections. */
static void semispace_after_fork(unsigned worker)
{
    (void)worker;
    if (option_after_fork == AFTER_FORK_FRESH) {
        copy_space_seal(&semispace.active);
        copy_space_seal(&semispace.other);
        unmoved_seal();
    }
    semispace.collections = semispace.marked_objects = 0;
    semispace.moved_objects = semispace.moved_bytes = 0;
}

static void semispace_open(void)
{
    copy_space_open(&semispace.active, "space-a");
    copy_space_open(&semispace.other, "space-b");
    unmoved_open();
    mark_stack_open(((size_t)option_reserve + heap.large.region.reserved) /
                    OBJECT_GRANULE);
}

static void semispace_close(void)
{
    region_close(&mark_stack.region);
    unmoved_close();
    region_close(&semispace.active.region);
    region_close(&semispace.other.region);
}

static void semispace_each_region(region_visitor *visit, void *context)
{
    visit(&semispace.active.region, context);
    visit(&semispace.other.region, context);
    unmoved_each_region(visit, context);
    visit(&mark_stack.region, context);
}

static void semispace_each_extent(extent_visitor *visit, void *context)
{
    const struct copy_space *space = &semispace.active;
    for (char *at = space->first; at < space->next;) {
        struct object *object = (struct object *)at;
        extent_of_object(object, visit, context);
        at = copy_space_after(space, object);
    }
    unmoved_each_extent(visit, context);
}

static void semispace_counters(number_visitor *visit, void *context)
{
    visit("heap_in_use_bytes", semispace.in_use_bytes, context);
    visit("handed_out_bytes", heap.handed_out, context);
    visit("collections", semispace.collections, context);
    visit("marked_objects", semispace.marked_objects, context);
    visit("moved_objects", semispace.moved_objects, context);
    visit("moved_bytes", semispace.moved_bytes, context);
}

#endif
