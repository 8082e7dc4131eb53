/* counted-store.h: stores into the heap that count: the new reference first, so
 * that an object that is stored where it was does not die between. */
#ifndef HEAP_COUNTED_STORE_H
#define HEAP_COUNTED_STORE_H

#include "heap/counted-heap.h"

static inline void slot_init(ref *slot, ref value)
{
    if (!ref_is_null(value)) {
        count_up(ref_object(value));
    }
    *slot = value;
}

static inline void slot_store(ref *slot, ref value)
{
    ref before = *slot;
    slot_init(slot, value);
    if (!ref_is_null(before) && count_down(ref_object(before))) {
        object_lost(ref_object(before));
    }
}

WORD void ref_init(ref object, size_t index, ref value)
{
    slot_init((ref *)ref_object(object)->words + index, value);
}

WORD void item_init(ref object, size_t index, ref value)
{
    slot_init(object_buffer(ref_object(object))->items + index, value);
}

WORD void ref_store(ref object, size_t index, ref value)
{
    slot_store((ref *)ref_object(object)->words + index, value);
}

WORD void item_store(ref object, size_t index, ref value)
{
    slot_store(object_buffer(ref_object(object))->items + index, value);
}

#endif
