/* account-fault.h: the records of an account, and what a fault is judged to be.
 */
#ifndef HARNESS_ACCOUNT_FAULT_H
#define HARNESS_ACCOUNT_FAULT_H

#include "harness/account.h"

struct account_event {
    uint64_t time_ns, address, instruction, stack_top;
    pid_t pid, parent;
    enum fault_record_kind kind;
    bool in_kernel;
};

struct account_fork {
    pid_t parent;
    uint64_t time_ns;
};

struct account_window *account_window_new(void);

/* Counts a fault, and blames the page on its instruction if it broke one or
 * made a new one. */
void account_fault(struct account *account, struct account_process *process,
                   const struct account_event *event);

/* Waits until the records of all that has happened so far are here (account.c).
 */
void account_wait(struct account *account);

#endif
