/* fault-log.h: the page faults of one invocation's workers, and which of them
 * was the first on a page. */
#ifndef HARNESS_FAULT_LOG_H
#define HARNESS_FAULT_LOG_H

#include "smaps/fault-trace.h"

struct logged_fault {
    pid_t pid;
    uint64_t time_ns;
    uint64_t address;                /* the byte */
    uint64_t instruction, stack_top; /* smaps/fault-record.h */
    bool in_kernel;
};

/* Starts as all zero. */
struct fault_log {
    struct logged_fault *items;
    size_t count, capacity;
    bool sorted;
};

/* A fault_visitor whose context is the log; keeps page faults alone. */
void fault_log_add(const struct fault_record *record, void *context);

/* The first fault of a process on the page of an address, from a time on,
 * borrowed until the next is added; NULL: there was none. */
const struct logged_fault *fault_log_first(struct fault_log *log, pid_t pid,
                                           uint64_t page, uint64_t since_ns);

/* The last one, likewise. */
const struct logged_fault *fault_log_last(struct fault_log *log, pid_t pid,
                                          uint64_t page);

void fault_log_clear(struct fault_log *log);

#endif
