/* kept.h: objects of one sort that a template keeps for good.
 *
 * A root refers to the first one, and to nothing else, so that a template that
 * has one alone has no list; a list refers to the others, the newest first.
 * Both are among the workload's own roots. */
#ifndef WORKLOADS_KEPT_H
#define WORKLOADS_KEPT_H

#include "workloads/vocabulary.h"

enum { KEPT_FIRST, KEPT_OTHERS, KEPT_ROOTS };
enum { KEPT_OBJECT, KEPT_BEFORE, KEPT_REFERENCES }; /* of the list */

/* Keeps another object; `kind` is that of the list.  May collect. */
static void kept_add(struct root *kept, uint8_t kind, ref object)
{
    if (ref_is_null(root_load(kept[KEPT_FIRST]))) {
        root_store(&kept[KEPT_FIRST], object);
        return;
    }
    FRAME(local, 1);
    root_store(&local[0], object);
    ref list = object_new((struct shape){kind, KEPT_REFERENCES, 0});
    ref_init(list, KEPT_OBJECT, root_load(local[0]));
    ref_init(list, KEPT_BEFORE, root_load(kept[KEPT_OTHERS]));
    root_store(&kept[KEPT_OTHERS], list);
    FRAME_END(local);
}

/* What becomes of `sum` step by step: the first one, then the others, newest
 * first.  There is one at least. */
static uint64_t kept_sum(const struct root *kept, uint64_t sum,
                         uint64_t (*step)(uint64_t sum, ref object))
{
    sum = step(sum, root_load(kept[KEPT_FIRST]));
    ref list = root_load(kept[KEPT_OTHERS]);
    for (; !ref_is_null(list); list = ref_load(list, KEPT_BEFORE)) {
        sum = step(sum, ref_load(list, KEPT_OBJECT));
    }
    return sum;
}

#endif
