/* failure.h: why a process of the subject did not answer as it should.
 *
 * Each function marks the record invalid; those with a result return -1. */
#ifndef HARNESS_FAILURE_H
#define HARNESS_FAILURE_H

#include "harness/invocation.h"

/* An answer that is not OK, from the template or from a worker, while it was
 * `doing` something ("loading"). */
int failure_of_template(struct invocation *invocation, enum answer answer,
                        const char *doing);
int failure_of_worker(struct invocation *invocation, unsigned worker,
                      enum answer answer, const char *doing);

/* Nothing came in time, in the words given: of one answer, or of the whole
 * invocation when its time-limit is over. */
void failure_of_stall(struct invocation *invocation, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Makes sure that every worker ends, with status 0: 0 if so. */
int failure_of_ends(struct invocation *invocation, const char *doing);

/* A connection closed, or a process ended: whichever it was. */
int failure_of_any(struct invocation *invocation, const char *doing);

#endif
