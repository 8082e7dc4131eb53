/* mark-stack.h: the objects that are marked and not yet scanned.
 *
 * An explicit stack, so that the depth of the heap's graph costs memory here
 * and never C stack.  It gives its memory back after a collection. */
#ifndef HEAP_MARK_STACK_H
#define HEAP_MARK_STACK_H

#include "heap/object.h"
#include "heap/region.h"

static struct {
    struct region region;
    struct object **top; /* one past the last entry */
    struct object **end; /* of what is committed */
} mark_stack;

/* For a heap of at most so many objects. */
static void mark_stack_open(size_t objects)
{
    region_open(&mark_stack.region, "mark-stack", "mark-stack",
                objects * sizeof(struct object *));
    mark_stack.top = mark_stack.end = (struct object **)mark_stack.region.start;
}

static inline bool mark_stack_is_empty(void)
{
    return (char *)mark_stack.top == mark_stack.region.start;
}

static inline void mark_stack_push(struct object *object)
{
    if (__builtin_expect(mark_stack.top == mark_stack.end, 0)) {
        region_commit(&mark_stack.region, mark_stack.region.committed + 1);
        mark_stack.end = (struct object **)(mark_stack.region.start +
                                            mark_stack.region.committed);
    }
    *mark_stack.top++ = object;
}

static inline struct object *mark_stack_pop(void)
{
    return *--mark_stack.top;
}

static void mark_stack_release(void)
{
    region_discard(&mark_stack.region, 0);
}

#endif
