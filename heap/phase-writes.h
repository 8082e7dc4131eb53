/* phase-writes.h: which phases wrote each page of a worker's heap.
 *
 * The pages of the heap's regions are write-protected right after the fork
 * (userfaultfd's WP_ASYNC: no trap reaches the program); where a phase ends
 * PAGEMAP_SCAN tells which were written in it and protects these anew.  Kept
 * only when it is asked for, in memory that is not there before and not of the
 * heap.  The kernel's writes for the program count, too.  A page that was given
 * back is not named for that, nor for being read again; one that was written
 * and has its memory still is always named. Memory that the heap takes into use
 * after the fork is not watched: no page of it was inherited. */
#ifndef HEAP_PHASE_WRITES_H
#define HEAP_PHASE_WRITES_H

#include "heap/phase-log.h"
#include "heap/region.h"

#include <stdbool.h>
#include <stdint.h>

/* Pages in a row with the same writers. */
struct written_run {
    uintptr_t start, end;
    uint8_t phases; /* a bit for each, 1 << enum phase; 0: never written */
    uint8_t first;  /* of these the first to write: an enum phase */
};

struct phase_writes {
    bool is_wanted; /* by the template: workers watch */
    bool is_on;
    const char *why; /* why it ended before its time; NULL: it did not */
    uint64_t ns;     /* that watching took */
};

extern struct phase_writes phase_writes;

/* Visits all regions of the heap: the collector's each_region. */
typedef void region_teller(void (*visit)(const struct region *region,
                                         void *context),
                           void *context);

/* In the template: NULL, and workers that are forked later watch; or why that
 * cannot be done. */
const char *phase_writes_want(region_teller *each_region);

/* In a worker, before it touches the heap: begins to watch, if it is wanted.
 * What fails is told by `why`. */
void phase_writes_begin(region_teller *each_region);

/* What was written since the last time was written in this phase. */
void phase_writes_note(enum phase phase);

/* The first run of written pages that ends after `from`, cut there; false:
 * there is none. */
bool phase_writes_next(uintptr_t from, struct written_run *run);

#endif
