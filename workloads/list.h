/* list.h: a list of references in one of two shapes.
 *
 *   inline  the items are in the list's own object, behind its header
 *   split   the items are in a buffer of their own, without a header, as in
 *           CPython and Ruby
 *
 * The shape is an argument that every caller has as a constant in its loops, so
 * that the choice is made once for each loop and not for each item. */
#ifndef WORKLOADS_LIST_H
#define WORKLOADS_LIST_H

#include "workloads/vocabulary.h"

enum list_shape { LIST_INLINE, LIST_SPLIT };

static inline ref list_new(enum list_shape shape, uint8_t kind, size_t length)
{
    return shape == LIST_SPLIT
               ? object_new_buffered(kind, length)
               : object_new((struct shape){kind, (uint32_t)length, 0});
}

static inline ref list_load(enum list_shape shape, ref list, size_t index)
{
    return shape == LIST_SPLIT ? item_load(list, index) : ref_load(list, index);
}

static inline void list_init(enum list_shape shape, ref list, size_t index,
                             ref value)
{
    if (shape == LIST_SPLIT) {
        item_init(list, index, value);
    } else {
        ref_init(list, index, value);
    }
}

static inline void list_store(enum list_shape shape, ref list, size_t index,
                              ref value)
{
    if (shape == LIST_SPLIT) {
        item_store(list, index, value);
    } else {
        ref_store(list, index, value);
    }
}

#endif
