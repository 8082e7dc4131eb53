/* object-starts.h: where the object begins that covers an address of a space
 * that is filled by a bump pointer.
 *
 * For each unit, a stretch of at most a page, a number beside the space says
 * how many granules before it the object begins that covers its first byte, as
 * in HotSpot's block offset table.  The numbers of units in which nothing was
 * placed mean nothing. */
#ifndef HEAP_OBJECT_STARTS_H
#define HEAP_OBJECT_STARTS_H

#include "heap/object.h"
#include "heap/region.h"

#define OBJECT_STARTS_MOST_LOG2 12u /* of the bytes of a unit */

struct object_starts {
    struct region region; /* of uint16_t */
    unsigned shift;       /* log2 of the bytes of a unit */
};

/* For a space of so many bytes. */
static inline void object_starts_open(struct object_starts *starts,
                                      size_t bytes, unsigned shift)
{
    starts->shift =
        shift < OBJECT_STARTS_MOST_LOG2 ? shift : OBJECT_STARTS_MOST_LOG2;
    region_open(&starts->region, "object-starts", "object-start",
                ((bytes >> starts->shift) + 1) * sizeof(uint16_t));
    region_commit(&starts->region, starts->region.reserved);
}

static inline uint16_t *object_starts_of(const struct object_starts *starts)
{
    return (uint16_t *)starts->region.start;
}

/* An object of so many bytes, less than a MiB, is placed at this offset. */
static inline void object_starts_note(const struct object_starts *starts,
                                      size_t offset, size_t bytes)
{
    size_t unit = (offset + ((size_t)1 << starts->shift) - 1) >> starts->shift;
    size_t last = (offset + bytes - 1) >> starts->shift;
    for (; unit <= last; unit++) {
        object_starts_of(starts)[unit] =
            (uint16_t)(((unit << starts->shift) - offset) / OBJECT_GRANULE);
    }
}

/* The offset of an object at or before the one that covers this offset, and in
 * its unit or the last before that. */
static inline size_t object_starts_before(const struct object_starts *starts,
                                          size_t offset)
{
    size_t unit = offset >> starts->shift;
    return (unit << starts->shift) -
           object_starts_of(starts)[unit] * OBJECT_GRANULE;
}

#endif
