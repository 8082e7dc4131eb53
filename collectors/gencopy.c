/* gencopy: a copying nursery, and an old generation that is copied, too.
 *
 * Stands for MMTk's GenCopy and GHC's default collector.  Old objects that are
 * stored to have a flag in their header cleared and are put into a list.
 *
 * Departs from GenCopy: large objects and buffers lie in the laboratory's own
 * spaces, and the set of remembered objects is told by a flag in the header
 * where GenCopy logs with side bits. */
#include "heap/rewrite-promotion.h"

#include "heap/remember-flag.h"

#include "heap/gencopy.h"

GENERATIONAL_COLLECTOR("gencopy", "MMTk GenCopy, GHC",
                       "a copying nursery, and two spaces for what is old");

#include "workloads/all.h"
