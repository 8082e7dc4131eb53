/* mark-header: non-moving mark-sweep with the mark bit in the object header.
 *
 * Stands for the mature generation of PyPy's minimark: GCFLAG_VISITED is set in
 * the header when an object is reached and cleared again by the sweep, so every
 * full collection writes every live object twice.  Departs from it: no nursery,
 * size classes up to 8 KiB where minimark has arenas up to 280 bytes and malloc
 * beyond, block metadata beside the heap where minimark has page headers. */
#include "heap/mark-header.h"
#include "heap/mark-sweep-collector.h"

MARK_SWEEP_COLLECTOR("mark-header", "PyPy minimark, mature generation",
                     "mark-sweep, the mark bit in the object header");

#include "workloads/all.h"
