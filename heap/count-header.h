/* count-header.h: an object's count in the word before its header.
 *
 * Whatever holds a reference that is counted writes the object's page when it
 * takes it and when it lets it go. */
#ifndef HEAP_COUNT_HEADER_H
#define HEAP_COUNT_HEADER_H

#include "heap/count-word.h"

#define COUNT_METADATA                                                         \
    {                                                                          \
        "count", "header", 64, 0,                                              \
            "whenever a reference to the object that is counted comes or goes" \
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
    COUNT_IS_STORED(*count_word(object));
}

/* Returns whether nothing holds the object any more. */
static inline bool count_down(struct object *object)
{
    return --*count_word(object) == 0;
}

#endif
