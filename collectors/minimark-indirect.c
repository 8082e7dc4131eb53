/* minimark-indirect: minimark-side with references through a table.
 *
 * What the 2018 study planned next: an object's references hold an index, a
 * dense table beside the heap the address, and promotion changes the table
 * alone.  Every access to an object is then a double lookup; in return no
 * inherited page is broken by rewriting the referrers of what was promoted.
 * Nursery, marks and sweep are minimark-side's, which rewrites them: the
 * counters avoided_rewrites here and rewritten_references there are of the same
 * references.  The flag in the header that says "not remembered" stays. */
#include "heap/mark-side.h"

static inline void table_loaded(void) {}

/* Not counted: see minimark-indirect-counted. */
static inline void table_loads_visit(number_visitor *visit, void *context)
{
    (void)visit;
    (void)context;
}

#include "heap/table-promotion.h"
#include "heap/minimark.h"

GENERATIONAL_COLLECTOR("minimark-indirect", "the plan of the 2018 study",
                       "minimark-side, references through a table");

#include "workloads/all.h"
