/* barriered-store.h: stores through the collector's barrier. */
#ifndef HEAP_BARRIERED_STORE_H
#define HEAP_BARRIERED_STORE_H

#include "heap/plain-init.h"

/* The collector's: `object` is stored to. */
static inline void store_barrier(struct object *object);

static inline void ref_store(ref object, size_t index, ref value)
{
    store_barrier(ref_object(object));
    ref_init(object, index, value);
}

static inline void item_store(ref object, size_t index, ref value)
{
    store_barrier(ref_object(object));
    item_init(object, index, value);
}

#endif
