/* counted-locals.h: locals and roots that are counted like everything else, and
 * objects that die when the last that holds them lets go. */
#ifndef HEAP_COUNTED_LOCALS_H
#define HEAP_COUNTED_LOCALS_H

#include "heap/counted-heap.h"

/* Whether a count tells of the frames, too. */
enum { LOCALS_ARE_COUNTED = true };

/* Nothing in the heap holds the object any more. */
static inline void object_lost(struct object *object)
{
    object_free(object);
}

/* It waits until the other is freed. */
static inline void object_lost_too(struct object *object)
{
    mark_stack_push(object);
}

/* Never called: the budget stays without limit. */
static void heap_exhausted(void) {}

static void locals_reconcile(void) {}

static inline void locals_account(void) {}

static inline void locals_open(void) {}

static inline void locals_close(void) {}

static inline void locals_after_fork(void) {}

static inline void locals_each_region(region_visitor *visit, void *context)
{
    (void)visit;
    (void)context;
}

static inline void locals_counters(number_visitor *visit, void *context)
{
    (void)visit;
    (void)context;
}

/* A new object: nothing holds it. */
static inline void locals_new(struct object *object)
{
    (void)object;
}

WORD void retain(ref local)
{
    if (!ref_is_null(local)) {
        count_up(ref_object(local));
    }
}

WORD void release(ref local)
{
    if (!ref_is_null(local) && count_down(ref_object(local))) {
        object_lost(ref_object(local));
    }
}

static inline void root_store(struct root *root, ref value)
{
    ref before = root->reference;
    retain(value);
    root->reference = value;
    release(before);
}

static inline ref root_take(struct root *root)
{
    ref taken = root->reference;
    root->reference = REF_NULL;
    if (!ref_is_null(taken)) {
        count_down(ref_object(taken));
    }
    return taken;
}

static inline void roots_drop(struct root *roots, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        release(roots[i].reference);
    }
}

#endif
