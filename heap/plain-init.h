/* plain-init.h: first stores, into objects that are still the newest. */
#ifndef HEAP_PLAIN_INIT_H
#define HEAP_PLAIN_INIT_H

#include "heap/access.h"
#include "heap/uncounted.h"

WORD void ref_init(ref object, size_t index, ref value)
{
    ((ref *)ref_object(object)->words)[index] = value;
}

WORD void item_init(ref object, size_t index, ref value)
{
    object_buffer(ref_object(object))->items[index] = value;
}

#endif
