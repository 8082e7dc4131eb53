/* threads.h: the threads of a process, from /proc/PID/task. */
#ifndef SMAPS_THREADS_H
#define SMAPS_THREADS_H

#include <stddef.h>
#include <sys/types.h>

/* Lists the threads, the process's own pid among them; the caller frees the
 * list.  Returns 0 or a negative errno: -ESRCH when the process is gone. */
int threads_list(pid_t pid, pid_t **list, size_t *count);

#endif
