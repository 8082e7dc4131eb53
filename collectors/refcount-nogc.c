/* refcount-nogc: refcount whose cyclic collector is off.
 *
 * Stands for Instagram's CPython of 2017: gc.disable() in the template and in
 * the workers.  Only counts are written, and the links of the neighbours when a
 * container comes or goes; cycles are never freed, unless it is asked for. */
#define CYCLIC_DEFAULT CYCLIC_NEVER

#include "heap/count-header.h"

#include "heap/counted-locals.h"
#include "heap/cycle-list.h"
#include "heap/refcount.h"

static const struct metadata metadata[] = {REFCOUNT_METADATA};
static const struct parameter options[] = {REFCOUNT_OPTIONS};
static const struct prepare_step prepare[] = {REFCOUNT_PREPARE_GC};

const struct collector collector = {
    .name = "refcount-nogc",
    .about = "refcount, its cyclic collector off",
    .stands_for = "CPython with gc.disable(), as at Instagram in 2017",
    COLLECTOR_DATA,
    REFCOUNT_OPERATIONS,
};

#include "workloads/all.h"
