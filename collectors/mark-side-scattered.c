/* mark-side-scattered: mark-sweep with a bitmap for each block, from malloc.
 *
 * Stands for Ruby since 2.0, whose bitmaps are off the pages of objects but
 * among the program's other data; isolates that from mark-side's one bitmap.
 * Departs from it: one bitmap is written where Ruby has eight (age, pinning,
 * barriers), and no incremental marking. */
#include "heap/mark-scattered.h"
#include "heap/mark-sweep-collector.h"

MARK_SWEEP_COLLECTOR("mark-side-scattered", "Ruby since 2.0",
                     "mark-sweep, a bitmap for each block from malloc");

#include "workloads/all.h"
