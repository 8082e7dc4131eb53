/* cycle-freeze.h: a permanent generation that no collection looks at.
 *
 * As in CPython's gc.freeze(): the lists of all generations are spliced into
 * it, which writes their ends and nothing in between.  What is frozen is still
 * counted, and dies when nothing holds it; then it leaves the list, and writes
 * its neighbours. */
#ifndef HEAP_CYCLE_FREEZE_H
#define HEAP_CYCLE_FREEZE_H

#define CYCLE_PERMANENT 3 /* the list behind the generations' */
#define CYCLE_LISTS     4

#include "heap/cycle-list.h"

static void cycle_freeze(void)
{
    for (unsigned i = 0; i < CYCLE_GENERATIONS; i++) {
        list_splice(&cycle_lists[CYCLE_PERMANENT], &cycle_lists[i]);
        cycle.passed[i] = 0;
    }
    cycle.made = 0;
}

#define CYCLE_PREPARE_FREEZE                                                   \
    {                                                                          \
        "freeze", "gc.freeze: no collection looks at what there is now",       \
            cycle_freeze                                                       \
    }

#endif
