/* trace.h: everything that can be reached, through an explicit stack.
 *
 * What it means to reach a slot is the algorithm's: its visitor looks at the
 * reference in the slot, may rewrite it, and returns the object if its own
 * slots are to be visited too, or NULL.  The visitor is a constant of every
 * caller and these functions are always inlined, so that no call goes through a
 * pointer and the depth of the heap's graph costs no C stack.
 *
 *     trace_roots(visit);     each slot of each frame
 *     trace_object(o, visit); each slot of one object, say a remembered one
 *     trace_drain(visit);     whatever these have reached, to the end */
#ifndef HEAP_TRACE_H
#define HEAP_TRACE_H

#include "heap/frame.h"
#include "heap/mark-stack.h"

typedef struct object *slot_visitor(ref *slot);

#define TRACE_INLINE static inline __attribute__((always_inline))

TRACE_INLINE void trace_slots(ref *slots, size_t count, slot_visitor *visit)
{
    for (size_t i = 0; i < count; i++) {
        struct object *reached = visit(&slots[i]);
        if (reached != NULL) {
            mark_stack_push(reached);
        }
    }
}

TRACE_INLINE void trace_roots(slot_visitor *visit)
{
    for (const struct frame *frame = frame_top; frame; frame = frame->caller) {
        trace_slots(frame->references, frame->count, visit);
    }
}

TRACE_INLINE void trace_object(struct object *object, slot_visitor *visit)
{
    size_t count;
    ref *slots = object_references(object, &count);
    trace_slots(slots, count, visit);
}

/* Returns the number of objects whose slots it visited. */
TRACE_INLINE uint64_t trace_drain(slot_visitor *visit)
{
    uint64_t scanned = 0;
    while (!mark_stack_is_empty()) {
        trace_object(mark_stack_pop(), visit);
        scanned++;
    }
    return scanned;
}

#endif
