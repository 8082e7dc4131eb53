/* tally.h: pages counted by what they are blamed on: an instruction, a mapping,
 * a function. */
#ifndef HARNESS_TALLY_H
#define HARNESS_TALLY_H

#include <stddef.h>
#include <stdint.h>

struct tally_row {
    const void *key;
    uint64_t broken;
    uint64_t unseen;     /* broken by who knows: not among the former */
    uint64_t fresh;      /* new pages */
    const void *example; /* for whoever makes the rows; NULL at first */
};

struct tally {
    size_t key_size;
    struct tally_row **rows; /* a hash table, open addressing */
    size_t count, capacity;
};

/* Keys are compared byte by byte: clear a struct before filling it in.  Free
 * with tally_clear. */
void tally_open(struct tally *tally, size_t key_size);
void tally_clear(struct tally *tally);

/* The row of a key, a new one if there was none.  Borrowed, and valid until
 * tally_clear. */
struct tally_row *tally_at(struct tally *tally, const void *key);

/* Makes an array of the rows, most broken pages first, then most of the unseen
 * and of the new ones.  The caller frees it; the rows are the tally's. */
struct tally_row **tally_sorted(const struct tally *tally);

#endif
