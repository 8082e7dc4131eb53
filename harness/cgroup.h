/* cgroup.h: what the control groups of this process allow it. */
#ifndef HARNESS_CGROUP_H
#define HARNESS_CGROUP_H

#include "harness/facts.h"

/* Sets cgroup_memory_limit_bytes and cgroup_cpu_limit (processors): the
 * strictest of our group and those above it that can be seen, of either version
 * of control groups. */
void cgroup_limits(const struct facts *facts);

#endif
