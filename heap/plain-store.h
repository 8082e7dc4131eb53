/* plain-store.h: stores without a barrier. */
#ifndef HEAP_PLAIN_STORE_H
#define HEAP_PLAIN_STORE_H

#include "heap/plain-init.h"

WORD void ref_store(ref object, size_t index, ref value)
{
    ref_init(object, index, value);
}

WORD void item_store(ref object, size_t index, ref value)
{
    item_init(object, index, value);
}

#endif
