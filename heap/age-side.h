/* age-side.h: an object's age is a bit in each of two bitmaps beside the heap,
 * as in Ruby since 3.3 (age_bits): no live object is written.
 *
 * Departs from Ruby: one contiguous pair where Ruby has a pair for each heap
 * page, and no flag in the header of an old object (FL_PROMOTED), which Ruby
 * sets once so that its barrier is fast. */
#ifndef HEAP_AGE_SIDE_H
#define HEAP_AGE_SIDE_H

#include "heap/side-bits.h"

#define AGE_METADATA                                                           \
    {                                                                          \
        "age", "side", 2, OBJECT_GRANULE,                                      \
            "by each collection that an object survives, until it is old, "    \
            "and when it dies"                                                 \
    }

static struct region ages[2]; /* low and high bits */

static void age_open(void)
{
    side_bits_open(&ages[0], "ages-low", "age");
    side_bits_open(&ages[1], "ages-high", "age");
}

static void age_close(void)
{
    region_close(&ages[0]);
    region_close(&ages[1]);
}

static void age_each_region(region_visitor *visit, void *context)
{
    visit(&ages[0], context);
    visit(&ages[1], context);
}

static inline unsigned age_of(const struct object *object)
{
    return side_bit(&ages[0], object) + 2u * side_bit(&ages[1], object);
}

static inline void age_set(struct object *object, unsigned age)
{
    for (unsigned i = 0; i < 2; i++) {
        if (age >> i & 1) {
            side_bit_test_and_set(&ages[i], object);
        } else {
            side_bit_test_and_clear(&ages[i], object);
        }
    }
}

/* After the marking: what died has no age. */
static void age_forget_dead(void)
{
    side_bits_keep(&ages[0], &marks);
    side_bits_keep(&ages[1], &marks);
}

#endif
