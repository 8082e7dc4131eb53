/* old-swept.h: the old generation is the shared heap, marked and swept.
 *
 * It is included after a placement of the mark, and after ref_object(). */
#ifndef HEAP_OLD_SWEPT_H
#define HEAP_OLD_SWEPT_H

#include "heap/mark-sweep.h"
#include "heap/minor.h"
#include "heap/used-pages.h"

static inline void *old_take(size_t bytes)
{
    return heap_take(&heap.small, &heap.large, bytes);
}

static inline void old_each_range(void (*visit)(const struct region *range))
{
    visit(&heap.objects);
    visit(&heap.buffers);
}

static inline void old_each_used(stretch_visitor *visit)
{
    used_cells(&heap.small, visit);
    used_large(&heap.large, visit);
    used_buffers(visit);
}

#endif
