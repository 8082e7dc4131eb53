/* frame.h: the precise roots.
 *
 * A function that holds references across an allocation keeps them in a frame:
 * an array on its own stack, linked to the frame of its caller, where the
 * collector finds them (and, if it moves objects, updates them).
 *
 *     FRAME(local, 2);
 *     local[0] = object_new(...);
 *     local[1] = object_new(...);    local[0] is still good here
 *     FRAME_END(local);
 *
 * A workload's lasting references are a frame in static storage, pushed once
 * at load. */
#ifndef HEAP_FRAME_H
#define HEAP_FRAME_H

#include "heap/object.h"

struct frame {
    struct frame *caller;
    size_t count;
    ref *references;
};

static struct frame *frame_top;

static inline void frame_push(struct frame *frame, ref *references,
                              size_t count)
{
    *frame = (struct frame){frame_top, count, references};
    frame_top = frame;
}

static inline void frame_pop(const struct frame *frame)
{
    frame_top = frame->caller;
}

#define FRAME(name, size)                                                      \
    ref name[size] = {0};                                                      \
    struct frame name##_frame;                                                 \
    frame_push(&name##_frame, name, size)

#define FRAME_END(name) frame_pop(&name##_frame)

#endif
