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
        trace_slots(&frame->roots->reference, frame->count, visit);
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

/* Slots that wait for their objects to come into the cache: a visit needs the
 * object's header, so it is asked for when the slot is met and used so many
 * slots later. */
#define TRACE_AHEAD 16u

/* As trace_drain, in an order that only nearly is depth first, and faster on
 * heaps that no cache holds. */
TRACE_INLINE uint64_t trace_drain_ahead(slot_visitor *visit)
{
    ref nothing = REF_NULL;
    ref *ahead[TRACE_AHEAD];
    unsigned next = 0;
    uint64_t scanned = 0;
    for (unsigned i = 0; i < TRACE_AHEAD; i++) {
        ahead[i] = &nothing;
    }
    do {
        while (!mark_stack_is_empty()) {
            size_t count;
            ref *slots = object_references(mark_stack_pop(), &count);
            scanned++;
            for (size_t i = 0; i < count; i++) {
                if (ref_is_null(slots[i])) {
                    continue;
                }
                ref *due = ahead[next % TRACE_AHEAD];
                __builtin_prefetch(ref_object(slots[i]));
                ahead[next++ % TRACE_AHEAD] = &slots[i];
                trace_slots(due, 1, visit);
            }
        }
        for (unsigned i = 0; i < TRACE_AHEAD; i++) {
            ref *due = ahead[next % TRACE_AHEAD];
            ahead[next++ % TRACE_AHEAD] = &nothing;
            trace_slots(due, 1, visit);
        }
    } while (!mark_stack_is_empty());
    return scanned;
}

#endif
