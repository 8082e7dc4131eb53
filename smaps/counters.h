/* counters.h: event counters of one process, by libpfm4 name.
 *
 * Read raw with the times the event was enabled and really running; scaling is
 * the analyst's business.  counters-pfm.c does it, counters-none.c stands in
 * where libpfm4 was not found and refuses every name. */
#ifndef SMAPS_COUNTERS_H
#define SMAPS_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Room for a reason, with its NUL. */
#define COUNTER_WHY_SIZE 128u

struct counter {
    int descriptor;             /* -1 when the event could not be opened */
    char why[COUNTER_WHY_SIZE]; /* then: the reason, in the kernel's words */
    bool kernel_counted;        /* false: only user mode was allowed */
};

struct counter_value {
    uint64_t raw;
    uint64_t enabled_ns;
    uint64_t running_ns;
};

/* Whether the name is an event that libpfm4 knows.  Returns 0, or a negative
 * errno with the reason in `why` (at least COUNTER_WHY_SIZE bytes). */
int counter_check(const char *name, char *why);

/* Starts counting in a running process, kernel mode included where allowed.
 * Never fails as a whole: look at the descriptor. */
void counter_open(const char *name, pid_t pid, struct counter *counter);

/* Returns 0 or a negative errno. */
int counter_read(const struct counter *counter, struct counter_value *value);
void counter_close(struct counter *counter);

#endif
