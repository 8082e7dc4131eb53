/* blame-account.h: the broken pages of one worker, each with its first write.
 */
#ifndef HARNESS_BLAME_ACCOUNT_H
#define HARNESS_BLAME_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/blame-rows.h"
#include "harness/fault-log.h"
#include "harness/invocation.h"
#include "harness/phases.h"

struct blame_account {
    uint64_t page;
    bool moved;                       /* its frame is not the template's */
    bool was_file;                    /* a page of a file at the fork */
    const struct logged_fault *fault; /* the first write; NULL: not seen */
    const char *phase; /* of that write, as blame_name() has it; static, or of
                        * the worker's log; NULL: not seen */
    size_t row;        /* its number in blame_totals; only with a fault */
    char letter;       /* harness/page-map.h */
};

/* Starts as all zero. */
struct blame_accounts {
    struct blame_account *items; /* in address order */
    size_t count, capacity;
};

/* Of all workers.  Starts as all zero. */
struct blame_totals {
    struct blame_rows rows;
    uint64_t broken, left, unseen;
    uint64_t unseen_in_heap; /* of unseen */
};

/* Reads which pages a worker has broken, and finds the writes that did it in
 * the log.  Returns 0, or -1 with the record marked invalid. */
int blame_accounts_open(struct invocation *invocation, unsigned worker,
                        struct fault_log *log, struct blame_accounts *accounts);

/* Puts each page to the account of its first write; `phases` are the worker's,
 * or NULL.  Returns 0, or -1 with the record marked invalid. */
int blame_accounts_settle(struct invocation *invocation, unsigned worker,
                          const struct phases *phases,
                          struct blame_accounts *accounts,
                          struct blame_totals *totals);

#endif
