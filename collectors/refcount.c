/* refcount: counts in the objects, and a cyclic collector over lists.
 *
 * Stands for CPython to 3.11.  Everything that holds a reference counts it,
 * locals too: a request that only reads writes every object that it comes to.
 * An object dies when its count falls to zero; cycles are found by a collection
 * of three generations, which writes a word in every container that it looks
 * at.
 *
 * Departs from CPython: three words before a container as up to 3.7, where two
 * have been enough since; objects have no finalisers; dictionaries and tuples
 * are not untracked. */
#include "heap/count-header.h"

#include "heap/counted-locals.h"
#include "heap/cycle-list.h"
#include "heap/refcount.h"

static const struct metadata metadata[] = {REFCOUNT_METADATA};
static const struct parameter options[] = {REFCOUNT_OPTIONS};
static const struct prepare_step prepare[] = {REFCOUNT_PREPARE_GC};

const struct collector collector = {
    .name = "refcount",
    .about = "counts in the objects, and cycles found over lists through them",
    .stands_for = "CPython to 3.11",
    COLLECTOR_DATA,
    REFCOUNT_OPERATIONS,
};

#include "workloads/all.h"
