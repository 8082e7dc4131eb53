/* access.h: the access half of the mutator vocabulary, but for what a reference
 * is and what a store does besides.
 *
 * It is included after ref_object() (direct.h: a reference is an address;
 * reference-table.h: an index).  The first stores and the stores come from
 * plain-store.h or barriered-store.h, and the words about locals from
 * uncounted.h.  workloads/vocabulary.h says what each word promises. */
#ifndef HEAP_ACCESS_H
#define HEAP_ACCESS_H

#include "heap/object.h"

#include <string.h>

WORD ref ref_load(ref object, size_t index)
{
    return ((ref *)ref_object(object)->words)[index];
}

WORD ref item_load(ref object, size_t index)
{
    return object_buffer(ref_object(object))->items[index];
}

static inline unsigned char *raw_start(ref object, struct shape shape)
{
    return (unsigned char *)(ref_object(object)->words + shape.references);
}

WORD uint64_t raw_load_word(ref object, struct shape shape, size_t index)
{
    uint64_t word;
    memcpy(&word, raw_start(object, shape) + index * sizeof word, sizeof word);
    return word;
}

WORD void raw_store_word(ref object, struct shape shape, size_t index,
                         uint64_t word)
{
    memcpy(raw_start(object, shape) + index * sizeof word, &word, sizeof word);
}

WORD unsigned char raw_load_byte(ref object, struct shape shape, size_t index)
{
    return raw_start(object, shape)[index];
}

WORD void raw_fill(ref object, struct shape shape, size_t index,
                   unsigned char byte, size_t count)
{
    memset(raw_start(object, shape) + index, byte, count);
}

WORD void raw_copy(ref object, struct shape shape, size_t index, ref from,
                   struct shape from_shape, size_t from_index, size_t count)
{
    memcpy(raw_start(object, shape) + index,
           raw_start(from, from_shape) + from_index, count);
}

#endif
