/* refcount-bitmap: refcount whose cyclic collector keeps bitmaps.
 *
 * Stands for the proposal of September 2017 to take the head of the cyclic
 * collector from CPython's small containers (cycle-bitmap.h, which says where
 * it departs from it).  A collection writes nothing into objects that live, but
 * for the large ones; the count stays where it was, and reading writes it. */
#define CELLS_KINDS 2

#include "heap/count-header.h"

#include "heap/counted-locals.h"
#include "heap/cycle-bitmap.h"
#include "heap/refcount.h"

static const struct metadata metadata[] = {REFCOUNT_METADATA};
static const struct parameter options[] = {REFCOUNT_OPTIONS,
                                           CYCLE_BITMAP_OPTION};
static const struct prepare_step prepare[] = {REFCOUNT_PREPARE_GC};

const struct collector collector = {
    .name = "refcount-bitmap",
    .about = "refcount, and cycles found over bitmaps beside the heap",
    .stands_for = "a python-dev proposal of 2017 for CPython",
    COLLECTOR_DATA,
    REFCOUNT_OPERATIONS,
};

#include "workloads/all.h"
