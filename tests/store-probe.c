/* store-probe.c: the stores of a collector (PROBED, its file) as functions, for
 * tests/vocabulary.bats to compare their machine code. */
#define WORKLOADS_ALL_H /* the collector's file brings no workload */
#include PROBED

#include "workloads/vocabulary.h"
#include "workloads/workload.h"

void probe_ref(ref object, size_t index, ref value);
void probe_item(ref object, size_t index, ref value);

void probe_ref(ref object, size_t index, ref value)
{
    ref_store(object, index, value);
}

void probe_item(ref object, size_t index, ref value)
{
    item_store(object, index, value);
}

const struct workload *const workloads[] = {NULL};
