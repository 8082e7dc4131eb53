/* count-header.h: an object's count in the word before its header (CPython's
 * ob_refcnt).
 *
 * Whatever holds a reference, a reader's local too, writes the object's page
 * when it takes it and when it lets it go. */
#ifndef HEAP_COUNT_HEADER_H
#define HEAP_COUNT_HEADER_H

#include "collectors/collector.h"
#include "heap/object.h"

/* Bytes directly before the object that are the count's. */
#define COUNT_BYTES sizeof(uint64_t)

#define COUNT_METADATA                                                         \
    {                                                                          \
        "count", "header", 64, 0,                                              \
            "whenever something begins or ceases to hold the object"           \
    }

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

/* Whether the count is exact, and falls when a holder lets go. */
static inline bool count_is_exact(const struct object *object)
{
    (void)object;
    return true;
}

static inline void count_up(struct object *object)
{
    ++*count_word(object);
}

/* Returns whether nothing holds the object any more. */
static inline bool count_down(struct object *object)
{
    return --*count_word(object) == 0;
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
