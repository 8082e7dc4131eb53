/* count-stored.h: a count that went up is stored, whatever comes after.
 *
 * A workload that takes an object, reads a byte of it and lets it go again is
 * one function here, and the compiler would find that nothing is left to store.
 * In an interpreter the two are far apart, and each of them writes. */
#ifndef HEAP_COUNT_STORED_H
#define HEAP_COUNT_STORED_H

#define COUNT_IS_STORED(count) __asm__ volatile("" : "+m"(count))

#endif
