/* blame-ledger.h: who broke the pages of one invocation's workers.
 *
 * With `blame: true` in the experiment, page faults are traced from the fork on
 * and the workers log their phases.  At the end each broken page is put to the
 * account of its first write: the phase that the worker was in, what lay at the
 * address (asked of the template, which has the heap as it was at the fork, and
 * of the worker), and the function.  A page without such a write is broken
 * because everyone else left it (its frame is still the template's), or nobody
 * saw who wrote it: the kernel on the program's behalf, or a record was lost.
 *
 * Functions return 0, or -1 with the record marked invalid. */
#ifndef HARNESS_BLAME_LEDGER_H
#define HARNESS_BLAME_LEDGER_H

#include "harness/invocation.h"

/* Before the template's pages are read, as what it is asked takes pages, too.
 */
int blame_open(struct invocation *invocation);

/* Before the fork.  Where faults cannot be traced, or the subject tells no
 * phases, the result says so and the rest is done. */
int blame_begin(struct invocation *invocation);

/* After each command to the workers, while they are quiet. */
int blame_look(struct invocation *invocation);

/* After a sample was taken of each worker. */
int blame_sampled(struct invocation *invocation);

/* After the last request: settles all accounts in record->blame. */
int blame_settle(struct invocation *invocation);

/* Before the workers are told to quit, and after they have ended: what they
 * broke meanwhile is the `exit` of record->blame. */
int blame_begin_exit(struct invocation *invocation);
int blame_settle_exit(struct invocation *invocation);

void blame_free(struct blame_ledger *blame);

#endif
