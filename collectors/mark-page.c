/* mark-page: mark-sweep with the marks at the end of each block.
 *
 * Stands for JavaScriptCore (16 KiB blocks, the default here) and Go's Green
 * Tea collector (8 KiB spans: option block=8192): one page of a block is
 * written, every fourth or every second.  Departs from both: their size
 * classes, JSC's version numbers, Go's queue of spans. */
#include "heap/mark-page.h"
#include "heap/mark-sweep-collector.h"

MARK_SWEEP_COLLECTOR("mark-page", "JavaScriptCore, Go since 1.25",
                     "mark-sweep, a bitmap at the end of each block");

#include "workloads/all.h"
