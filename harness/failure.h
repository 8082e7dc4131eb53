/* failure.h: why a process of the subject did not answer as it should.
 *
 * Each function marks the record invalid and returns -1. */
#ifndef HARNESS_FAILURE_H
#define HARNESS_FAILURE_H

#include "harness/invocation.h"

/* An answer that is not OK, from the template or from a worker, while it was
 * `doing` something ("loading"). */
int failure_of_template(struct invocation *invocation, enum answer answer,
                        const char *doing);
int failure_of_worker(struct invocation *invocation, unsigned worker,
                      enum answer answer, const char *doing);

/* Makes sure that every worker ends, with status 0: 0 if so. */
int failure_of_ends(struct invocation *invocation, const char *doing);

/* A connection closed, or a process ended, before all workers had introduced
 * themselves. */
int failure_of_unmet(struct invocation *invocation, const char *doing);

#endif
