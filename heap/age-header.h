/* age-header.h: an object's age is two bits of its header, as in Ruby 2.2 to
 * 3.2 (FL_PROMOTED0 and FL_PROMOTED1): three writes in the life of an object,
 * one for each collection that it survives before it is old. */
#ifndef HEAP_AGE_HEADER_H
#define HEAP_AGE_HEADER_H

#include "heap/heap.h"

#define AGE_METADATA                                                           \
    {                                                                          \
        "age", "header", 2, 0,                                                 \
            "by each collection that an object survives, until it is old"      \
    }

static void age_open(void) {}

static void age_close(void) {}

static void age_each_region(region_visitor *visit, void *context)
{
    (void)visit;
    (void)context;
}

static inline unsigned age_of(const struct object *object)
{
    return (object->header & HEADER_AGE) / HEADER_AGE_ONE;
}

static inline void age_set(struct object *object, unsigned age)
{
    object->header =
        (object->header & ~(uint64_t)HEADER_AGE) | age * HEADER_AGE_ONE;
}

/* After the marking: what died needs no age; here it goes with the header. */
static void age_forget_dead(void) {}

#endif
