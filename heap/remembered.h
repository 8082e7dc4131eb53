/* remembered.h: the old objects that may refer to young ones.
 *
 * The flag is in the object's header and the set is a list beside the heap, as
 * in PyPy: GCFLAG_TRACK_YOUNG_PTRS says that the object is not in the list yet.
 * The barrier tests the flag of the object that is written, not what is stored,
 * so the first store into an old object since the last minor collection writes
 * its header, and the collection writes it again. */
#ifndef HEAP_REMEMBERED_H
#define HEAP_REMEMBERED_H

#include "heap/address-list.h"
#include "heap/object.h"

#define REMEMBERED_METADATA                                                    \
    {"remembered-flag", "header", 1, 0,                                        \
     "cleared by the first store into an old object, set by the next minor "   \
     "collection"},                                                            \
    {                                                                          \
        "remembered-set", "side", 64, 0,                                       \
            "for each old object stored to, until the next minor collection"   \
    }

static struct {
    struct address_list objects;
    uint64_t slow_paths; /* of the store barrier */
} remembered;

static void remembered_open(size_t most)
{
    address_list_open(&remembered.objects, "remembered", "remembered-set",
                      most);
}

/* Puts an object into the set whose flag is clear. */
static inline void remember(const struct object *object)
{
    address_list_add(&remembered.objects, (uintptr_t)object);
}

static __attribute__((noinline)) void remember_tracked(struct object *object)
{
    object->header &= ~(uint64_t)HEADER_TRACKED;
    remember(object);
    remembered.slow_paths++;
}

/* The store barrier. */
static inline void remember_stored(struct object *object)
{
    if (__builtin_expect(object->header & HEADER_TRACKED, 0)) {
        remember_tracked(object);
    }
}

#endif
