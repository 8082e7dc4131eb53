/* refcount-side: refcount-bitmap whose counts are in a table.
 *
 * Stands for designs that keep counts off the objects' pages, LXR's and
 * Objective-C's (count-side.h, which says where it departs from them): whoever
 * reads, writes pages of the table, an eighth of the heap.  With the bitmaps of
 * refcount-bitmap, so that what differs from that is the count's place alone.
 */
#define CELLS_KINDS 2

#include "heap/count-side.h"

#include "heap/counted-locals.h"
#include "heap/cycle-bitmap.h"
#include "heap/refcount.h"

static const struct metadata metadata[] = {REFCOUNT_METADATA};
static const struct parameter options[] = {REFCOUNT_OPTIONS,
                                           CYCLE_BITMAP_OPTION};
static const struct prepare_step prepare[] = {REFCOUNT_PREPARE_GC};

const struct collector collector = {
    .name = "refcount-side",
    .about = "refcount-bitmap, the counts in a table beside the heap",
    .stands_for = "the counts of LXR and of Objective-C's side tables",
    COLLECTOR_DATA,
    REFCOUNT_OPERATIONS,
};

#include "workloads/all.h"
