/* fault-log.h: the page faults of one invocation's workers, and which of them
 * was the first on a page. */
#ifndef HARNESS_FAULT_LOG_H
#define HARNESS_FAULT_LOG_H

#include "smaps/fault-trace.h"

struct logged_fault {
    pid_t pid;
    uint64_t time_ns;
    uint64_t address; /* the byte */
    uint64_t instruction;
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

/* The first and the last fault of a process on the page of an address, in
 * `first` and `last`, borrowed until the next fault is added.  Returns how many
 * there were. */
size_t fault_log_find(struct fault_log *log, pid_t pid, uint64_t page,
                      const struct logged_fault **first,
                      const struct logged_fault **last);

void fault_log_clear(struct fault_log *log);

#endif
