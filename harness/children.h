/* children.h: programs as children of this process: their start, and the end of
 * all. */
#ifndef HARNESS_CHILDREN_H
#define HARNESS_CHILDREN_H

#include <sys/types.h>

/* Forks a child that is killed when this thread ends.  There `become` executes
 * a program; when it returns instead, errno says why.  Returns 0 once the
 * program has begun, else errno, and there is no child. */
int children_start(void (*become)(void *argument), void *argument, pid_t *pid);

/* Kills and reaps every child, and those that become ours meanwhile because
 * their parent ends (PR_SET_CHILD_SUBREAPER).  -1 when one is still there after
 * ten seconds. */
int children_end(void);

#endif
