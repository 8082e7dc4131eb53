/* account-space.h: whose memory a new process runs in: a copy of its parent's,
 * or its parent's own until it runs another program or ends (vfork,
 * posix_spawn).  The record of a fork does not say.  And what there was to
 * copy.
 */
#ifndef HARNESS_ACCOUNT_SPACE_H
#define HARNESS_ACCOUNT_SPACE_H

#include "harness/account-fault.h"

/* Whether the process that this record tells of has a copy of the memory of
 * `owner`, in which its parent runs. */
bool account_copied(struct account *account,
                    const struct account_process *owner,
                    const struct account_event *fork);

/* Finds what the owner had before the fork and no fault told of: huge pages,
 * but for the page that was touched, and what came by MAP_POPULATE or mremap.
 * Waits for records.  Once in a batch. */
void account_complete(struct account *account, struct account_process *owner,
                      const struct account_process *child,
                      const struct account_event *fork);

#endif
