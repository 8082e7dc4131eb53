/* mark-hash: non-moving mark-sweep, visited objects in a hash table beside it.
 *
 * Stands for the 2018 patch of PyPy's minimark, which replaced the header bit
 * by an AddressDict of visited objects, made anew for each collection.  Differs
 * from mark-header in the placement of the mark alone. */
#include "heap/mark-hash.h"
#include "heap/mark-sweep-collector.h"

MARK_SWEEP_COLLECTOR("mark-hash", "PyPy minimark with the 2018 patch",
                     "mark-sweep, visited objects in a hash table");

#include "workloads/all.h"
