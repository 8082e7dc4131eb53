/* memory-group.h: a control group made for one subject, whose memory is limited
 * and accounted for by the kernel; of either version, whichever has the memory
 * controller here.
 *
 * With the first version it is made below our own group.  With the second a
 * group that has processes can have no limited groups below it, so it is made
 * below the nearest group above whose groups may be limited, which is the
 * parent of our own as a rule.
 *
 * Source: Documentation/admin-guide/cgroup-v2.rst, cgroup-v1/memory.rst. */
#ifndef HARNESS_MEMORY_GROUP_H
#define HARNESS_MEMORY_GROUP_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "harness/error.h"

struct memory_group {
    int version;     /* 1 or 2 */
    char *directory; /* NULL: there is none */
};

/* Makes a group that may have so much memory, and so much swap beside it, of
 * which there is none when it is 0.  Whoever is to be in it writes "0" into its
 * cgroup.procs.  /proc and /sys are looked for below `root`: "" is this
 * machine.  On failure there is no group, and the error says what can be done
 * about it. */
int memory_group_open(struct memory_group *group, const char *root,
                      uint64_t memory, uint64_t swap, struct error *error);

/* Removes the group, in which no process is left. */
int memory_group_close(struct memory_group *group, struct error *error);

/* Ends what is left in groups that dead processes made where ours would be, and
 * removes them. */
void memory_group_sweep(const char *root);

/* Processes of the group that were killed for want of memory, whoever's limit
 * it was; -1 where the kernel does not tell. */
int64_t memory_group_kills(const struct memory_group *group);

/* What the group has at the moment, and had to have read again: usage_bytes,
 * swap_bytes, major_faults, refaulted_pages.  The caller releases it. */
json_t *memory_group_look(const struct memory_group *group);

/* The limits as the kernel took them, peaks, and events so far, as `limits` of
 * a result holds them; what one version does not tell is null with the reason.
 * The caller releases it. */
json_t *memory_group_account(const struct memory_group *group);

#endif
