/* blame.h: why a process of the subject did not answer as it should.
 *
 * Each function marks the record invalid and returns -1. */
#ifndef HARNESS_BLAME_H
#define HARNESS_BLAME_H

#include "harness/invocation.h"

/* An answer that is not OK, from the template or from a worker, while it was
 * `doing` something ("loading"). */
int blame_template(struct invocation *invocation, enum answer answer,
                   const char *doing);
int blame_worker(struct invocation *invocation, unsigned worker,
                 enum answer answer, const char *doing);

/* Makes sure that every worker ends, with status 0: 0 if so. */
int blame_ends(struct invocation *invocation, const char *doing);

/* A connection closed, or a process ended, before all workers had introduced
 * themselves. */
int blame_unmet(struct invocation *invocation, const char *doing);

#endif
