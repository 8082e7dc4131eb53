/* account-process.h: the processes of an account: how they come, change and go.
 */
#ifndef HARNESS_ACCOUNT_PROCESS_H
#define HARNESS_ACCOUNT_PROCESS_H

#include "harness/account.h"

/* The process of that pid, the latest if there were several; or NULL. */
struct account_process *account_find(const struct account *account, pid_t pid);

/* Looks at a process's pages and adds it.  Returns NULL with -errno in `result`
 * if that cannot be done. */
struct account_process *account_adopt(struct account *account, pid_t pid,
                                      int *result);

/* A process of the account forked another. */
void account_fork(struct account *account, struct account_process *parent,
                  const struct account_event *fork);

/* It runs another program: nothing of what was known holds, and it starts with
 * no page of its own. */
void account_exec(struct account *account, struct account_process *process,
                  uint64_t time_ns);

/* Lets go of what belongs to a process, if it has ended or in any case. */
void account_end(struct account_process *process);
void account_drop(struct account_process *process);

/* The account's row for the mapping of an address, and the table of the
 * symbols: read again, once in a batch, if they do not have what is asked for.
 */
struct tally_row *account_mapping_row(struct account *account,
                                      struct account_process *process,
                                      uint64_t address);
struct symbols *account_symbols(struct account *account,
                                struct account_process *process);

#endif
