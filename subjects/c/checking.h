/* checking.h: whether the heap is verified after each collection.
 *
 * In a build that was configured with --enable-checking (checking.c) it is, and
 * a heap that is wrong ends the program; otherwise (no-checking.c) only those
 * collections are verified after which somebody asks.  Of many minor ones only
 * the first are, and then one in so many: who collects every 700 objects would
 * spend the square of the heap. */
#ifndef SUBJECTS_C_CHECKING_H
#define SUBJECTS_C_CHECKING_H

#include "collectors/collector.h"

/* To be called once, before the heap is opened. */
void checking_begin(void);

/* Visits `verified_collections`, in a checking build. */
void checking_counters(number_visitor *visit, void *context);

#endif
