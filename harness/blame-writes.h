/* blame-writes.h: which later phases wrote a broken page, too, so that it would
 * have been broken anyway.
 *
 * With `blame-writes: true` in the experiment, workers that can have the kernel
 * watch the pages of their heap (subjects/PROTOCOL.md, Writes) and tell at the
 * end.  This is also another source of what was written, and is held against
 * the pages that are broken and the faults that were seen. */
#ifndef HARNESS_BLAME_WRITES_H
#define HARNESS_BLAME_WRITES_H

#include <jansson.h>

#include "harness/blame-account.h"
#include "harness/invocation.h"
#include "harness/phases.h"

struct blame_writes;

/* Asks the template, directly before the fork.  Returns 0 and what the caller
 * frees with blame_writes_free, or -1 with the record marked invalid. */
int blame_writes_begin(struct invocation *invocation,
                       struct blame_writes **writes);

/* What one worker wrote, held against its broken pages.  `phases` are the
 * worker's own, or NULL; `faults_are_all` says that no fault was lost or hidden
 * from view, so that a write without one is a contradiction.  Returns 0, or -1
 * with the record marked invalid. */
int blame_writes_settle(struct invocation *invocation, unsigned worker,
                        const struct blame_accounts *accounts,
                        const struct phases *phases, bool faults_are_all,
                        struct blame_writes *writes);

/* Adds what is known to the record's `blame`, and a warning where the sources
 * do not agree. */
void blame_writes_tell(struct record *record,
                       const struct blame_writes *writes);

void blame_writes_free(struct blame_writes *writes);

#endif
