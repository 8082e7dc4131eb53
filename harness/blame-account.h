/* blame-account.h: the broken pages of one worker, each with its first write.
 */
#ifndef HARNESS_BLAME_ACCOUNT_H
#define HARNESS_BLAME_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/fault-log.h"

struct blame_account {
    uint64_t page;
    bool moved;                       /* its frame is not the template's */
    bool was_file;                    /* a page of a file at the fork */
    const struct logged_fault *fault; /* the first write; NULL: not seen */
    const char *phase; /* of that write, as blame_name() has it; static, or of
                        * the worker's log; NULL: not seen */
    char letter;       /* harness/page-map.h */
};

/* Starts as all zero. */
struct blame_accounts {
    struct blame_account *items; /* in address order */
    size_t count, capacity;
};

#endif
