/* buffered.h: a new object whose references lie in a buffer of their own.
 *
 * It is included after ref_object(). */
#ifndef HEAP_BUFFERED_H
#define HEAP_BUFFERED_H

#include "heap/heap.h"

static inline ref object_new(struct shape shape);

/* The object's raw bytes hold the buffer alone. */
static inline ref buffered_new(uint8_t kind, size_t references)
{
    ref *items = heap_take_buffer(references);
    ref created = object_new((struct shape){kind, 0, sizeof(struct buffer)});
    ref_object(created)->header |= HEADER_BUFFERED;
    *object_buffer(ref_object(created)) = (struct buffer){items, references};
    return created;
}

#endif
