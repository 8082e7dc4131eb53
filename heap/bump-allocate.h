/* bump-allocate.h: new objects in a contiguous space.
 *
 * The allocation half of the mutator vocabulary for collectors whose small
 * objects come from a bump pointer.  Large ones are those that the other
 * collectors have in runs of pages, too. */
#ifndef HEAP_BUMP_ALLOCATE_H
#define HEAP_BUMP_ALLOCATE_H

#include "heap/unmoved.h"

/* Room for a small object, with whatever the memory held.  May collect. */
static inline void *bump_take(size_t bytes);

static inline ref object_new(struct shape shape)
{
    size_t bytes = shape_bytes(shape);
    bool large =
        bytes > CELL_MAX_BYTES || __builtin_expect(bytes > heap.cell_most, 0);
    struct object *object =
        large ? heap_take_large(&heap.large, bytes) : bump_take(bytes);
    object->header = header_make(shape, 0);
    if (option_zero == ZERO_ALLOCATION) {
        memset(object->words, 0, shape.references * sizeof(ref));
    }
    return object_ref(object);
}

static inline ref object_new_buffered(uint8_t kind, size_t references)
{
    ref made = buffered_new(kind, references);
    buffered_add(ref_object(made));
    return made;
}

#endif
