/* remember-flag.h: the old objects that may refer to young ones are in a list.
 *
 * The flag is in the object's header and the list lies beside the heap, as in
 * PyPy: GCFLAG_TRACK_YOUNG_PTRS says that the object is not in the list yet.
 * The barrier tests the flag of the object that is written, not what is stored,
 * so the first store into an old object since the last minor collection writes
 * its header, and the collection writes it again. */
#ifndef HEAP_REMEMBER_FLAG_H
#define HEAP_REMEMBER_FLAG_H

#include "heap/address-list.h"
#include "heap/minor.h"

#define REMEMBERED_OPTIONS

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

/* Puts an object into the list whose flag is clear. */
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

static inline void remember_stored(struct object *object, const ref *slot)
{
    (void)slot;
    if (__builtin_expect(object->header & HEADER_TRACKED, 0)) {
        remember_tracked(object);
    }
}

static inline unsigned remembered_flags(void)
{
    return HEADER_TRACKED;
}

static inline void remembered_made(struct object *object)
{
    if (header_references(object->header) > 0) {
        object->header &= ~(uint64_t)HEADER_TRACKED;
        remember(object);
    }
}

static inline void remembered_placed(const void *place, size_t bytes)
{
    (void)place;
    (void)bytes;
}

static inline void remembered_trace(void)
{
    for (uintptr_t *entry = address_list_start(&remembered.objects);
         entry < remembered.objects.end; entry++) {
        struct object *object = (struct object *)*entry;
        object->header |= HEADER_TRACKED;
        trace_object(object, minor_visit_old);
    }
    address_list_clear(&remembered.objects);
}

static inline void remembered_renew(void) {}

static inline void remembered_before_full(void) {}

static inline void remembered_open(void)
{
    address_list_open(&remembered.objects, "remembered", "remembered-set",
                      2 * (size_t)option_reserve / OBJECT_GRANULE);
}

static inline void remembered_close(void)
{
    region_close(&remembered.objects.region);
}

static inline void remembered_each_region(region_visitor *visit, void *context)
{
    visit(&remembered.objects.region, context);
}

static inline void remembered_after_fork(void)
{
    remembered.slow_paths = 0;
}

static inline void remembered_counters(number_visitor *visit, void *context)
{
    visit("barrier_slow_paths", remembered.slow_paths, context);
}

#endif
