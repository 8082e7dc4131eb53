/* children.h: the end of all children of this process. */
#ifndef HARNESS_CHILDREN_H
#define HARNESS_CHILDREN_H

/* Kills and reaps every child, and those that become ours meanwhile because
 * their parent ends (PR_SET_CHILD_SUBREAPER).  -1 when one is still there after
 * ten seconds. */
int children_end(void);

#endif
