/* all.h: no workload, for tests of single collectors, which are found by
 * -iquote before the list of all: most of a collector's compilation is the
 * workloads that go into it. */
#ifndef TESTS_ALONE_WORKLOADS_ALL_H
#define TESTS_ALONE_WORKLOADS_ALL_H

#include "workloads/vocabulary.h"
#include "workloads/workload.h"

#endif
