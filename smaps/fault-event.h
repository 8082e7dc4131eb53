/* fault-event.h: the event of minor page faults, as perf_event_open takes it.
 */
#ifndef SMAPS_FAULT_EVENT_H
#define SMAPS_FAULT_EVENT_H

#include "smaps/fault-trace.h"

/* Fills the attributes in: every fault, inherited. */
void fault_event_describe(struct perf_event_attr *attributes);

/* Tries what this process may count, leaves the kernel mode out of the
 * attributes if it must, and notes that.  Returns 0 or a negative errno with
 * the reason in `why`. */
int fault_event_choose(struct perf_event_attr *attributes,
                       struct fault_trace_facts *facts, char *why);

/* Opens the event of a thread (0 is the caller) on a processor (-1 is any).
 * Returns the descriptor or a negative errno. */
int fault_event_open(struct perf_event_attr *attributes, pid_t tid,
                     int processor);

/* Puts an error of perf_event_open into words: FAULT_WHY_SIZE bytes. */
void fault_event_refused(int error, char *why);

#endif
