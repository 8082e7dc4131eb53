/* sweep-marked.h: the sweep keeps what the placement of the mark says is
 * marked. */
#ifndef HEAP_SWEEP_MARKED_H
#define HEAP_SWEEP_MARKED_H

#include "heap/sweep.h"

static inline bool sweep_keeps(struct object *object)
{
    return mark_sweep_keeps(object);
}

static void sweep_ended(void)
{
    mark_end();
}

static const bool sweep_writes_objects = MARK_CLEARED_BY_SWEEP;

#endif
