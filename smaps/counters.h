/* counters.h: event counters of one process.
 *
 * Of all its threads together, those that begin later among them (and processes
 * that it forks), from when they are opened on; a thread that another makes at
 * that very moment may be missed.  Read raw, with the times, summed over the
 * threads, that the event was enabled and really counted: where more events are
 * asked for than the processor has counters, the kernel takes turns, and
 * scaling is the analyst's business. */
#ifndef SMAPS_COUNTERS_H
#define SMAPS_COUNTERS_H

#include "smaps/event.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define COUNTER_WHY_SIZE EVENT_WHY_SIZE

struct counter {
    int *descriptors;           /* one for each thread that there was */
    size_t count;               /* 0 when the event could not be opened */
    char why[COUNTER_WHY_SIZE]; /* then: the reason, in the kernel's words */
    bool user_counted, kernel_counted; /* the modes that are counted */
};

struct counter_value {
    uint64_t raw;
    uint64_t enabled_ns;
    uint64_t running_ns;
};

/* Whether the name is an event that libpfm4 knows, on this machine or another.
 * Returns 0, or a negative errno of event_find with the reason in `why` (at
 * least COUNTER_WHY_SIZE bytes). */
int counter_check(const char *name, char *why);

/* Starts counting in a running process, in the modes that the name asks for,
 * user and kernel unless it says otherwise; in user mode alone where the kernel
 * allows no more.  Never fails as a whole: look at the count.  An event
 * that happens in kernel mode alone, such as a context switch, is refused where
 * only user mode may be counted: the kernel would count none. */
void counter_open(const char *name, pid_t pid, struct counter *counter);

/* Sums up.  Returns 0 or a negative errno: -EIO when the kernel has stopped
 * counting, -EOVERFLOW for a number above 2^63-1, which no result can hold. */
int counter_read(const struct counter *counter, struct counter_value *value);
void counter_close(struct counter *counter);

#endif
