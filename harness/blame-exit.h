/* blame-exit.h: which pages the workers break while they end, from `quit` on.
 *
 * The pages themselves are gone by then, but faults are recorded to the last.
 * Beforehand it is read which inherited pages are anonymous memory and shared
 * still: these are mapped, so that a fault on one is a write to it.  Pages of
 * files are left out, for they may be faulted in to be read.  Where faults
 * cannot be traced nothing is known of this phase. */
#ifndef HARNESS_BLAME_EXIT_H
#define HARNESS_BLAME_EXIT_H

#include <jansson.h>

#include "harness/fault-log.h"
#include "harness/invocation.h"

struct blame_exit;

/* Directly before the workers are told to quit.  Returns 0 and what the caller
 * frees with blame_exit_free, or -1 with the record marked invalid. */
int blame_exit_begin(struct invocation *invocation, struct blame_exit **result);

/* After all workers have ended, with their faults in the log: what they broke,
 * as the `exit` of a result's blame.  The template still runs and tells what
 * lay there.  Returns 0, or -1 with the record marked invalid. */
int blame_exit_settle(struct invocation *invocation,
                      const struct blame_exit *exit, struct fault_log *log,
                      json_t **result);

void blame_exit_free(struct blame_exit *exit);

#endif
