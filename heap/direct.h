/* direct.h: references that are addresses. */
#ifndef HEAP_DIRECT_H
#define HEAP_DIRECT_H

#include "heap/frame.h"
#include "heap/object.h"

static inline struct object *ref_object(ref reference)
{
    return (struct object *)reference.bits;
}

static inline ref object_ref(const struct object *object)
{
    return (ref){(uintptr_t)object};
}

#include "heap/access.h"

#endif
