/* mark-side: non-moving mark-sweep with one contiguous mark bitmap.
 *
 * Stands for bdwgc's and MMTk's side marks and for Go before 1.25: one bit for
 * each 16 bytes, found from the address, no live object written.  Differs from
 * mark-header in the placement of the mark alone. */
#include "heap/mark-side.h"
#include "heap/mark-sweep-collector.h"

MARK_SWEEP_COLLECTOR("mark-side", "side mark bitmaps (MMTk, Go before 1.25)",
                     "mark-sweep, the mark bits in a bitmap beside the heap");

#include "workloads/all.h"
