/* owner.h: names of what outlives a process: control groups, swap files.
 *
 * The guard (guard.h) removes them when the supervisor is killed.  Where both
 * were killed, or the machine stopped, the next run knows by the name that the
 * maker is gone, and removes what it left. */
#ifndef HARNESS_OWNER_H
#define HARNESS_OWNER_H

#include <stdbool.h>

enum { OWNER_NAME_SIZE = 64 };

/* "cowlab-PID-START" of this process: START, in clock ticks since the boot,
 * tells it from a later one that has the same pid. */
void owner_name(char name[OWNER_NAME_SIZE]);

/* Whether a name begins so and its process is gone. */
bool owner_gone(const char *name);

#endif
