/* refcount-freeze: refcount with a permanent generation for the template.
 *
 * Stands for CPython 3.7 to 3.13 as its manual advises: gc.disable() in the
 * template, gc.freeze() before the fork (the step `freeze`), gc.enable() in the
 * workers.  Whether to collect before that (the step `gc`) is disputed: cyclic
 * garbage is kept for good without, and with it leaves holes that workers
 * refill. */
#define CYCLIC_DEFAULT CYCLIC_WORKERS

#include "heap/count-header.h"

#include "heap/counted-locals.h"
#include "heap/cycle-freeze.h"
#include "heap/refcount.h"

static const struct metadata metadata[] = {REFCOUNT_METADATA};
static const struct parameter options[] = {REFCOUNT_OPTIONS};
static const struct prepare_step prepare[] = {
    REFCOUNT_PREPARE_GC,
    CYCLE_PREPARE_FREEZE,
};

const struct collector collector = {
    .name = "refcount-freeze",
    .about = "refcount, and a permanent generation for what is frozen",
    .stands_for = "CPython 3.7 to 3.13 with gc.freeze()",
    COLLECTOR_DATA,
    REFCOUNT_OPERATIONS,
};

#include "workloads/all.h"
