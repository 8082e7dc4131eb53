/* minimark-hash: minimark with visited objects in a hash table.
 *
 * Stands for the 2018 patch, which replaced GCFLAG_VISITED of PyPy's minimark
 * by an AddressDict made anew for each major collection, and left
 * GCFLAG_TRACK_YOUNG_PTRS in the header.  Differs from minimark in the
 * placement of the mark alone. */
#include "heap/mark-hash.h"

#include "heap/rewrite-promotion.h"
#include "heap/minimark.h"

GENERATIONAL_COLLECTOR("minimark-hash", "PyPy minimark with the 2018 patch",
                       "a copying nursery, mature marks in a hash table");

#include "workloads/all.h"
