/* lower-bound.h: what each collector breaks beyond the least that any breaks of
 * one workload.
 *
 * After Cai, Blackburn, Bond and Maas, "Distilling the Real Cost of Production
 * Garbage Collectors" (ISPASS 2022): nobody can measure a run without a
 * collector, but all that a collector is known to have caused can be taken off
 * its run, and the least that remains of any collector's is at most what comes
 * closest to none.  Each collector's cost is what it breaks beyond that: its
 * true cost is no lower.  Here the quantity is the bytes of the inherited pages
 * that one worker has broken at its end, and what is taken off are the hole
 * cost and the collector cost of its floor (floor.h), in results that have one;
 * else nothing.  Only collectors of ours are compared: a runtime's heap is
 * another heap. */
#ifndef HARNESS_LOWER_BOUND_H
#define HARNESS_LOWER_BOUND_H

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

#include "harness/store.h"

/* What one collector breaks; NAN where not measured. */
struct broken {
    double bytes;
    double distilled; /* what of them the floor does not lay to its charge */
};

struct lower_bound {
    double bytes; /* NAN: there is nothing to compare */
    size_t index; /* of the collector that sets it */
    bool distilled;
};

/* The bound over collectors of the same work; the first of equals sets it. */
struct lower_bound lower_bound_of(const struct broken *all, size_t count);

/* Prints a table of the cells from `first` to before `end`, which differ in the
 * subject alone: medians over the valid invocations.  Prints nothing where
 * fewer than two of them are collectors that were measured. */
void lower_bound_print(const struct store *store, size_t first, size_t end,
                       FILE *stream);

/* The same of one of these cells; NULL where the table leaves it out.  The
 * caller releases it. */
json_t *lower_bound_json(const struct store *store, size_t first, size_t end,
                         size_t cell);

#endif
