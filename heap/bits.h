/* bits.h: how many bits of a word are set.
 *
 * The compiler's builtin is a call into its library where the processor is not
 * known to have an instruction for it. */
#ifndef HEAP_BITS_H
#define HEAP_BITS_H

#include <stdint.h>

static inline unsigned bits_set(uint64_t word)
{
    word -= word >> 1 & UINT64_C(0x5555555555555555);
    word = (word & UINT64_C(0x3333333333333333)) +
           (word >> 2 & UINT64_C(0x3333333333333333));
    word = (word + (word >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (unsigned)(word * UINT64_C(0x0101010101010101) >> 56);
}

#endif
