/* minimark-side: minimark with a mark bitmap beside the mature space.
 *
 * What the 2018 patch of PyPy's minimark should have been.  Differs from
 * minimark and minimark-hash in the placement of the mark alone. */
#include "heap/mark-side.h"

#include "heap/rewrite-promotion.h"
#include "heap/minimark.h"

GENERATIONAL_COLLECTOR("minimark-side", "PyPy minimark with side marks",
                       "a copying nursery, mature marks in a side bitmap");

#include "workloads/all.h"
