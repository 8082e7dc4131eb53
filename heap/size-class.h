/* size-class.h: the sizes that cells come in.
 *
 * Multiples of 16 bytes up to 256, then four sizes for each doubling up to
 * 8 KiB, so at most a fifth of a cell is lost to rounding. */
#ifndef HEAP_SIZE_CLASS_H
#define HEAP_SIZE_CLASS_H

#include <stddef.h>

#define CELL_MAX_BYTES   ((size_t)8192)
#define SIZE_CLASS_COUNT 36u

/* The class of the smallest cells that hold `bytes`, 1 to CELL_MAX_BYTES. */
static inline unsigned size_class_of(size_t bytes)
{
    if (bytes <= 256) {
        return (unsigned)((bytes - 1) >> 4);
    }
    unsigned log2 = 63u - (unsigned)__builtin_clzl(bytes - 1); /* 8 to 12 */
    unsigned quarter = (unsigned)((bytes - 1) >> (log2 - 2)) & 3u;
    return 16 + (log2 - 8) * 4 + quarter;
}

static inline size_t size_class_bytes(unsigned size_class)
{
    if (size_class < 16) {
        return (size_class + 1) * (size_t)16;
    }
    unsigned log2 = 8 + (size_class - 16) / 4;
    return ((size_t)1 << log2) +
           ((size_t)1 << (log2 - 2)) * ((size_class - 16) % 4 + 1);
}

#endif
