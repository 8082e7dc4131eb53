/* barriered-store.h: stores through the collector's barrier. */
#ifndef HEAP_BARRIERED_STORE_H
#define HEAP_BARRIERED_STORE_H

#include "heap/plain-init.h"

/* The collector's: a slot of `object`, in it or in its buffer, is stored to. */
static inline void store_barrier(struct object *object, const ref *slot);

WORD void ref_store(ref object, size_t index, ref value)
{
    struct object *stored = ref_object(object);
    ref *slot = (ref *)stored->words + index;
    store_barrier(stored, slot);
    *slot = value;
}

WORD void item_store(ref object, size_t index, ref value)
{
    struct object *stored = ref_object(object);
    ref *slot = object_buffer(stored)->items + index;
    store_barrier(stored, slot);
    *slot = value;
}

#endif
