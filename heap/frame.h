/* frame.h: the precise roots.
 *
 * A function that holds references across an allocation keeps them in a frame:
 * an array of roots on its own stack, linked to the frame of its caller, where
 * the collector finds them (and, if it moves objects, updates them).
 *
 *     FRAME(local, 2);
 *     root_store(&local[0], object_new(...));
 *     root_store(&local[1], object_new(...));    local[0] is still good here
 *     ref result = root_take(&local[0]);
 *     FRAME_END(local);
 *     return result;
 *
 * A root is written through the collector, which may count what it refers to
 * (workloads/vocabulary.h), and is a type of its own so that nobody forgets.  A
 * workload's lasting references are a frame in static storage, pushed once at
 * load. */
#ifndef HEAP_FRAME_H
#define HEAP_FRAME_H

#include "heap/object.h"

struct root {
    ref reference;
};

struct frame {
    struct frame *caller;
    size_t count;
    struct root *roots;
};

static struct frame *frame_top;

static inline void frame_push(struct frame *frame, struct root *roots,
                              size_t count)
{
    *frame = (struct frame){frame_top, count, roots};
    frame_top = frame;
}

static inline void frame_pop(const struct frame *frame)
{
    frame_top = frame->caller;
}

#define FRAME(name, size)                                                      \
    struct root name[size] = {0};                                              \
    struct frame name##_frame;                                                 \
    frame_push(&name##_frame, name, size)

/* Ends the frame, and with it what its roots hold. */
#define FRAME_END(name)                                                        \
    frame_pop(&name##_frame);                                                  \
    roots_drop(name, name##_frame.count)

static inline ref root_load(struct root root)
{
    return root.reference;
}

#endif
