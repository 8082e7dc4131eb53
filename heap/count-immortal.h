/* count-immortal.h: a count in the word before the header, or a mark there that
 * the object is immortal (PEP 683).
 *
 * As in CPython 3.12 the sign of the low 32 bits says so: whoever takes or lets
 * go a reference reads the count, and writes it only when the object is
 * mortal.  Here one test serves both; there Py_INCREF tests for a carry out of
 * those bits. */
#ifndef HEAP_COUNT_IMMORTAL_H
#define HEAP_COUNT_IMMORTAL_H

#include "heap/count-word.h"

#define COUNT_METADATA                                                         \
    {                                                                          \
        "count", "header", 64, 0,                                              \
            "whenever a reference to an object that is not immortal comes or " \
            "goes"                                                             \
    }

#define COUNT_IMMORTAL ((uint64_t)UINT32_MAX)

static inline bool count_is_immortal(uint64_t count)
{
    return (int32_t)count < 0;
}

/* Whether the count is exact, and falls when a holder lets go. */
static inline bool count_is_exact(const struct object *object)
{
    return !count_is_immortal(count_load(object));
}

static inline void count_up(struct object *object)
{
    uint64_t count = count_load(object);
    if (!count_is_immortal(count)) {
        *count_word(object) = count + 1;
        COUNT_IS_STORED(*count_word(object));
    }
}

/* Returns whether nothing holds the object any more. */
static inline bool count_down(struct object *object)
{
    uint64_t count = count_load(object);
    if (count_is_immortal(count)) {
        return false;
    }
    *count_word(object) = count - 1;
    return count == 1;
}

#endif
