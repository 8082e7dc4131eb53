/* descendants.h: the processes that descend from one, and a process's threads,
 * from /proc. */
#ifndef SMAPS_DESCENDANTS_H
#define SMAPS_DESCENDANTS_H

#include <stddef.h>
#include <sys/types.h>

struct descendants {
    pid_t *pids; /* parents before their children */
    size_t count;
};

/* Finds a process and those that it and its descendants forked, as far as they
 * are there; children whose parent has ended belong to another one.  The caller
 * frees the pids.  Returns 0 or a negative errno: -ESRCH without the process
 * itself. */
int descendants_read(pid_t pid, struct descendants *descendants);

/* Finds the threads of a process, the process's own pid among them.  As above.
 */
int threads_read(pid_t pid, struct descendants *threads);

/* The parent of a process, or a negative errno. */
pid_t parent_read(pid_t pid);

#endif
