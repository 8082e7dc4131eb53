/* count-side.h: an object's count in a table beside the heap.
 *
 * Stands for LXR's table of counts and Objective-C's side tables.  16 bits for
 * each granule of 16 bytes, so that no object's page is written when something
 * takes or lets go a reference, and nothing lies before an object.  A count
 * that has come to its most is stuck there, and the object lives for ever.
 *
 * Departs from LXR, whose counts have 2 bits, and which finds those that are
 * stuck by tracing; and from Objective-C, whose table is hashed by the address
 * (and, since the isa word has spare bits, holds only what these cannot). */
#ifndef HEAP_COUNT_SIDE_H
#define HEAP_COUNT_SIDE_H

#include "heap/count-stored.h"
#include "heap/heap.h"

/* Bytes directly before the object that are the count's. */
#define COUNT_BYTES 0

#define COUNT_METADATA                                                         \
    {                                                                          \
        "count", "side", 16, OBJECT_GRANULE,                                   \
            "whenever a reference to the object that is counted comes or goes" \
    }

#define COUNT_STUCK UINT16_MAX

static struct region count_table;

static inline uint16_t *count_entry(const struct object *object)
{
    size_t offset = (size_t)((const char *)object - heap.objects.start);
    return (uint16_t *)count_table.start + offset / OBJECT_GRANULE;
}

/* A new object: nothing holds it. */
static inline void count_begin(struct object *object)
{
    *count_entry(object) = 0;
}

static inline uint64_t count_load(const struct object *object)
{
    return *count_entry(object);
}

/* Whether the count is exact, and falls when a holder lets go. */
static inline bool count_is_exact(const struct object *object)
{
    return *count_entry(object) != COUNT_STUCK;
}

static inline void count_up(struct object *object)
{
    uint16_t *count = count_entry(object);
    if (*count != COUNT_STUCK) {
        ++*count;
        COUNT_IS_STORED(*count);
    }
}

/* Returns whether nothing holds the object any more. */
static inline bool count_down(struct object *object)
{
    uint16_t *count = count_entry(object);
    return *count != COUNT_STUCK && --*count == 0;
}

static inline void count_open(void)
{
    region_open(&count_table, "counts", "count",
                heap.objects.reserved / OBJECT_GRANULE * sizeof(uint16_t));
    region_commit(&count_table, count_table.reserved);
}

static inline void count_close(void)
{
    region_close(&count_table);
}

static inline void count_each_region(region_visitor *visit, void *context)
{
    visit(&count_table, context);
}

/* Nothing of the count lies among the objects. */
static inline void count_extent(const struct object *object,
                                extent_visitor *visit, void *context)
{
    (void)object;
    (void)visit;
    (void)context;
}

#endif
