/* map-identical.h: which broken pages of a running process hold what the
 * process that forked it holds there: of what was written, all that can be seen
 * from outside. */
#ifndef HARNESS_MAP_IDENTICAL_H
#define HARNESS_MAP_IDENTICAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "smaps/ledger.h"

struct map_identical {
    uint64_t *pages; /* addresses, rising */
    size_t count;
    size_t asked;    /* the page that was asked for last is about here */
    size_t compared; /* broken pages of which both copies were read */
    size_t missing;  /* that the other process does not have */
    int failure;     /* negative errno: they could not be compared */
};

/* Compares the broken pages of a process byte by byte with those of the one
 * that forked it, of which the ledger is.  A page of either that is in swap is
 * brought in.  Free with map_identical_clear. */
void map_identical_find(struct map_identical *identical,
                        const struct ledger *ledger, pid_t template_pid,
                        pid_t pid);
void map_identical_clear(struct map_identical *identical);

/* Whether a page is among them; asked in rising order. */
bool map_identical_has(struct map_identical *identical, uint64_t address);

#endif
