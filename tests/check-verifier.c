/* check-verifier.c: mark-side, whose sweep now and then frees an object that
 * lives: what a checking build must find at the next collection's end. */
#include "heap/mark-side.h"

static bool forgetful_keeps(struct object *object)
{
    static unsigned asked;
    return mark_sweep_keeps(object) && ++asked % 500 != 0;
}

#define mark_sweep_keeps forgetful_keeps
#include "heap/mark-sweep-collector.h"

MARK_SWEEP_COLLECTOR("forgetful", NULL, "mark-side, and some live objects die");

#include "workloads/all.h"
