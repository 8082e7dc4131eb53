/* values.h: strings of bytes and integers as objects, as any language has them.
 *
 * A string is laid out as RPython's: hash, length, bytes.  An integer is a word
 * behind its header; runtimes that keep small ones in the reference itself have
 * no object there. */
#ifndef WORKLOADS_VALUES_H
#define WORKLOADS_VALUES_H

#include "workloads/vocabulary.h"

enum { STRING_HASH, STRING_LENGTH, STRING_WORDS };
#define STRING_START (STRING_WORDS * sizeof(uint64_t)) /* of the bytes */

static inline struct shape string_shape(uint8_t kind, size_t length)
{
    return (struct shape){kind, 0, (uint32_t)(STRING_START + length)};
}

/* A string of undefined bytes. */
static inline ref string_new(uint8_t kind, size_t length)
{
    struct shape shape = string_shape(kind, length);
    ref string = object_new(shape);
    raw_store_word(string, shape, STRING_HASH, 0);
    raw_store_word(string, shape, STRING_LENGTH, length);
    return string;
}

/* A string of equal bytes. */
static inline ref string_of(uint8_t kind, size_t length, unsigned char byte)
{
    ref string = string_new(kind, length);
    raw_fill(string, string_shape(kind, length), STRING_START, byte, length);
    return string;
}

/* Where the raw bytes lie does not depend on how many there are. */
static inline size_t string_length(ref string)
{
    return raw_load_word(string, string_shape(0, 0), STRING_LENGTH);
}

static inline unsigned char string_byte(ref string, size_t index)
{
    return raw_load_byte(string, string_shape(0, 0), STRING_START + index);
}

static inline void string_set_byte(ref string, size_t index, unsigned char byte)
{
    raw_fill(string, string_shape(0, 0), STRING_START + index, byte, 1);
}

/* Copies all of another string into this one.  Returns where the copy ends. */
static inline size_t string_put(ref string, size_t index, ref other)
{
    size_t length = string_length(other);
    raw_copy(string, string_shape(0, 0), STRING_START + index, other,
             string_shape(0, 0), STRING_START, length);
    return index + length;
}

static inline ref integer_new(uint8_t kind, uint64_t value)
{
    struct shape shape = {kind, 0, sizeof value};
    ref integer = object_new(shape);
    raw_store_word(integer, shape, 0, value);
    return integer;
}

static inline uint64_t integer_value(ref integer)
{
    return raw_load_word(integer, (struct shape){0, 0, sizeof(uint64_t)}, 0);
}

#endif
