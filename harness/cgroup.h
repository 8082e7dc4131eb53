/* cgroup.h: the control groups of this process, of either version, and what
 * they allow it. */
#ifndef HARNESS_CGROUP_H
#define HARNESS_CGROUP_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/facts.h"

/* A group of ours.  The paths begin after facts.root. */
struct cgroup {
    int version;     /* 1 or 2 */
    char *mount;     /* the directory of the hierarchy */
    char *directory; /* that of the group, in it */
};

enum { CGROUPS_MAX = 2 };

/* Our groups that can have a controller, one of each version at most, the first
 * version first; returns how many.  Free each with cgroup_clear. */
size_t cgroup_own(const struct facts *facts, const char *controller,
                  struct cgroup own[CGROUPS_MAX]);
void cgroup_clear(struct cgroup *group);

/* Cuts the directory to that of the group above; false at the top. */
bool cgroup_up(struct cgroup *group);

/* The most bytes of memory that our group and all above it allow; INFINITY
 * where there is no limit, NAN where none can be read. */
double cgroup_memory_limit(const struct facts *facts);

/* Sets cgroup_memory_limit_bytes and cgroup_cpu_limit (processors): the
 * strictest of our group and those above it that can be seen, of either version
 * of control groups. */
void cgroup_limits(const struct facts *facts);

#endif
