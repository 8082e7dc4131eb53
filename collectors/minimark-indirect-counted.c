/* minimark-indirect-counted: minimark-indirect, and it counts its loads.
 *
 * Loads through the table by the mutator and by the marking.  A program of its
 * own because the counting takes time: compare no speed with it. */
#include "heap/mark-side.h"

static uint64_t table_loads;

static inline void table_loaded(void)
{
    table_loads++;
}

static inline void table_loads_visit(number_visitor *visit, void *context)
{
    visit("table_loads", table_loads, context);
}

#include "heap/table-promotion.h"
#include "heap/minimark.h"

GENERATIONAL_COLLECTOR("minimark-indirect-counted",
                       "the plan of the 2018 study",
                       "minimark-indirect, with each load counted");

#include "workloads/all.h"
