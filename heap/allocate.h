/* allocate.h: new objects out of the shared heap.
 *
 * The allocation half of the mutator vocabulary.  A new object goes into a cell
 * or a run of pages at once; references are cleared before it can be seen. */
#ifndef HEAP_ALLOCATE_H
#define HEAP_ALLOCATE_H

#include "heap/buffered.h"
#include "heap/heap.h"

/* The header flags that a new object starts with. */
static inline unsigned mark_of_new(void);

static inline ref object_new(struct shape shape)
{
    size_t bytes = shape_bytes(shape);
    struct object *object = heap_take(&heap.small, &heap.large, bytes);
    object->header = header_make(shape, mark_of_new());
    if (option_zero == ZERO_ALLOCATION) {
        memset(object->words, 0, shape.references * sizeof(ref));
    }
    return object_ref(object);
}

static inline ref object_new_buffered(uint8_t kind, size_t references)
{
    return buffered_new(kind, references);
}

#endif
