/* reading-probe.c: the workloads that read in a collector (PROBED, its file),
 * for tests/vocabulary.bats to compare their machine code.  With UNRETAINED, no
 * workload says retain or release. */
#define WORKLOADS_ALL_H /* the collector's file brings no workload */
#include PROBED

#include "workloads/vocabulary.h"
#include "workloads/workload.h"

#ifdef UNRETAINED
#define retain(local)  ((void)(local))
#define release(local) ((void)(local))
#endif

#include "workloads/largeobject.h"
#include "workloads/uniform.h"

const struct workload *const workloads[] = {&largeobject, &uniform, NULL};
