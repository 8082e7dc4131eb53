/* count-word.h: the word before an object's header that has its count
 * (CPython's ob_refcnt).  What a count means, and when it is written, is said
 * by the part that includes this one: count-header.h, count-immortal.h. */
#ifndef HEAP_COUNT_WORD_H
#define HEAP_COUNT_WORD_H

#include "collectors/collector.h"
#include "heap/count-stored.h"
#include "heap/object.h"

/* Bytes directly before the object that are the count's. */
#define COUNT_BYTES sizeof(uint64_t)

static inline uint64_t *count_word(const struct object *object)
{
    return (uint64_t *)object - 1;
}

/* A new object: nothing holds it. */
static inline void count_begin(struct object *object)
{
    *count_word(object) = 0;
}

static inline uint64_t count_load(const struct object *object)
{
    return *count_word(object);
}

static inline void count_open(void) {}

static inline void count_close(void) {}

static inline void count_each_region(region_visitor *visit, void *context)
{
    (void)visit;
    (void)context;
}

/* What of the count lies among the objects. */
static inline void count_extent(const struct object *object,
                                extent_visitor *visit, void *context)
{
    visit(count_word(object), COUNT_BYTES, "count", context);
}

#endif
