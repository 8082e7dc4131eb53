/* blame-runs.h: asks a process for words about runs of its pages. */
#ifndef HARNESS_BLAME_RUNS_H
#define HARNESS_BLAME_RUNS_H

#include "harness/invocation.h"
#include "harness/page-runs.h"

/* A request of subjects/PROTOCOL.md that is answered so. */
struct runs_request {
    const char *question, *answer; /* their words */
    const char *form;              /* of a run, for a complaint */
};

/* Asks until all is told, and adds it to `runs`; `ns`, unless that is NULL, is
 * the answer's own.  Returns what became of it; REFUSED is for the caller to
 * judge, and the conversation has the reason. */
enum answer blame_runs_ask(struct invocation *invocation,
                           struct conversation *conversation,
                           const struct runs_request *request,
                           struct page_runs *runs, uint64_t *ns);

#endif
