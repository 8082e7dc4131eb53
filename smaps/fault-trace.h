/* fault-trace.h: every minor page fault of some processes and of what they fork
 * from then on, as records {time, thread, address, instruction, stack's top}.
 *
 * The kernel's software event for minor faults, with a period of 1, writes a
 * record for each fault into a ring of the processor where it happened: one for
 * each copy-on-write fault, exactly.  What it does not see: faults in kernel
 * mode where only user mode is allowed (read(2) into a buffer breaks the
 * buffer's pages there), what others write into the process through
 * /proc/PID/mem or process_vm_writev, and processors that come up later.  What
 * finds its ring full is lost, and counted. */
#ifndef SMAPS_FAULT_TRACE_H
#define SMAPS_FAULT_TRACE_H

#include "smaps/fault-record.h"

/* Room for a reason, with its NUL. */
#define FAULT_WHY_SIZE 160u

struct fault_trace;

struct fault_trace_facts {
    bool kernel_counted;
    char kernel_why[FAULT_WHY_SIZE]; /* if it is not: why */
    size_t ring_bytes; /* of each; less than asked for where the kernel allows
                        * this user no more */
    unsigned rings;
};

struct fault_trace_counts {
    uint64_t counted;   /* faults, as the kernel counted them */
    uint64_t delivered; /* their records that the visitor was given */
    /* Counted and not delivered: lost, when the events are paused and the
     * rings drained; before that also what lies in the rings. */
    uint64_t missing;
    uint64_t lost_records; /* lost according to the rings, of all kinds */
    uint64_t malformed;    /* stretches of a ring that made no sense */
};

/* Makes the rings, of so many bytes for each processor: a power of two, at
 * least a page, or 0 for a size that suits the number of processors.  Returns 0
 * and a trace that the caller closes, or a negative errno with the reason in
 * `why` (FAULT_WHY_SIZE bytes). */
int fault_trace_open(size_t ring_bytes, struct fault_trace **trace, char *why);
void fault_trace_close(struct fault_trace *trace);

/* Makes a trace that follows nobody and sees nothing, for who goes on without.
 * Returns 0 or a negative errno. */
int fault_trace_open_none(struct fault_trace **trace);

const struct fault_trace_facts *
fault_trace_facts(const struct fault_trace *trace);

/* Follows a process: all its threads, and all threads and processes that they
 * make from now on.  Tracing it begins at once.  A process that a followed one
 * made is followed already, and then this does nothing.  Returns 0 or a
 * negative errno with the reason in `why`: -ESRCH when it is gone. */
int fault_trace_follow(struct fault_trace *trace, pid_t pid, char *why);

/* Stops the events, and lets them go on. */
int fault_trace_pause(struct fault_trace *trace);
int fault_trace_resume(struct fault_trace *trace);

/* A descriptor for poll, readable when a ring is half full.  Borrowed. */
int fault_trace_descriptor(const struct fault_trace *trace);

typedef void fault_visitor(const struct fault_record *record, void *context);

/* Hands all records that lie in the rings to the visitor and makes room: ring
 * by ring, each in order of time. */
void fault_trace_drain(struct fault_trace *trace, fault_visitor *visit,
                       void *context);

/* Returns 0 or a negative errno. */
int fault_trace_read_counts(const struct fault_trace *trace,
                            struct fault_trace_counts *counts);

#endif
