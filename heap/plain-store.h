/* plain-store.h: stores without a barrier. */
#ifndef HEAP_PLAIN_STORE_H
#define HEAP_PLAIN_STORE_H

#include "heap/plain-init.h"

static inline void ref_store(ref object, size_t index, ref value)
{
    ref_init(object, index, value);
}

static inline void item_store(ref object, size_t index, ref value)
{
    item_init(object, index, value);
}

#endif
