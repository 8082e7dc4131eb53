/* uncounted.h: locals and roots that nobody counts: they hold what they refer
 * to because a collection finds them. */
#ifndef HEAP_UNCOUNTED_H
#define HEAP_UNCOUNTED_H

#include "heap/frame.h"

static inline void root_store(struct root *root, ref value)
{
    root->reference = value;
}

static inline ref root_take(struct root *root)
{
    ref taken = root->reference;
    root->reference = REF_NULL;
    return taken;
}

static inline void roots_drop(struct root *roots, size_t count)
{
    (void)roots;
    (void)count;
}

WORD void retain(ref local)
{
    (void)local;
}

WORD void release(ref local)
{
    (void)local;
}

#endif
