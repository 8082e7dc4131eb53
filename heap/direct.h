/* direct.h: references that are addresses, and locals that are not counted.
 *
 * All of the access half of the mutator vocabulary but ref_store and
 * item_store: those come from plain-store.h, or from a barrier.
 * workloads/vocabulary.h says what each word promises. */
#ifndef HEAP_DIRECT_H
#define HEAP_DIRECT_H

#include "heap/frame.h"
#include "heap/object.h"

#include <string.h>

static inline struct object *ref_object(ref reference)
{
    return (struct object *)reference.bits;
}

static inline ref object_ref(const struct object *object)
{
    return (ref){(uintptr_t)object};
}

static inline ref ref_load(ref object, size_t index)
{
    return ((ref *)ref_object(object)->words)[index];
}

static inline void ref_init(ref object, size_t index, ref value)
{
    ((ref *)ref_object(object)->words)[index] = value;
}

static inline ref item_load(ref object, size_t index)
{
    return object_buffer(ref_object(object))->items[index];
}

static inline void item_init(ref object, size_t index, ref value)
{
    object_buffer(ref_object(object))->items[index] = value;
}

static inline unsigned char *raw_start(ref object, struct shape shape)
{
    return (unsigned char *)(ref_object(object)->words + shape.references);
}

static inline uint64_t raw_load_word(ref object, struct shape shape,
                                     size_t index)
{
    uint64_t word;
    memcpy(&word, raw_start(object, shape) + index * sizeof word, sizeof word);
    return word;
}

static inline void raw_store_word(ref object, struct shape shape, size_t index,
                                  uint64_t word)
{
    memcpy(raw_start(object, shape) + index * sizeof word, &word, sizeof word);
}

static inline unsigned char raw_load_byte(ref object, struct shape shape,
                                          size_t index)
{
    return raw_start(object, shape)[index];
}

static inline void raw_fill(ref object, struct shape shape, size_t index,
                            unsigned char byte, size_t count)
{
    memset(raw_start(object, shape) + index, byte, count);
}

static inline void retain(ref local)
{
    (void)local;
}

static inline void release(ref local)
{
    (void)local;
}

#endif
