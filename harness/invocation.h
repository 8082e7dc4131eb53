/* invocation.h: one run of one cell, in fresh processes, from start to stop.
 *
 * The phases are here; observe.c samples the workers, serve.c has them serve
 * and collect.  A function that returns -1 has marked the record invalid with
 * its reason; what was measured before stays in it. */
#ifndef HARNESS_INVOCATION_H
#define HARNESS_INVOCATION_H

#include "harness/conversation.h"
#include "harness/limit.h"
#include "harness/progress.h"
#include "harness/record.h"
#include "harness/supervise.h"

struct invocation {
    struct record *record;
    struct progress *progress;
    int interrupt; /* see interrupt.h */
    struct supervision supervision;
    struct limit limit;
    struct conversation template;
    struct conversation *workers; /* by index; descriptor -1: not met */
    struct ledger *ledger;
    struct blame_ledger *blame; /* NULL: not asked for */
    uint64_t begun_ns;          /* CLOCK_MONOTONIC */
    unsigned burst;             /* under way; 0 before the first */
    uint64_t served;            /* requests, of each worker */
    uint64_t due_ns;            /* CLOCK_MONOTONIC: when the last request that
                                 * was asked for is due; 0: in no open loop */
    uint64_t disagreements;     /* samples whose page counts do not agree */
    char disagreement[512];     /* the first of them */
};

/* Runs the cell of an open record and fills it.  `load` is for
 * environment_read.  Returns 0, or -1 when not all processes could be ended. */
int invocation_run(struct record *record, struct progress *progress,
                   int interrupt, double load, struct error *error);

/* The time for one answer, from now on or from when its last request is due,
 * within that of the whole. */
struct patience invocation_patience(const struct invocation *invocation);

/* conversation_wait with that time, the progress line moving meanwhile; STALLED
 * at once when the template has ended. */
enum answer invocation_wait(struct invocation *invocation,
                            struct conversation *const *list, size_t count,
                            size_t *culprit);

/* Asks one worker.  `doing` names the work, for the detail of a failure. */
int invocation_ask_worker(struct invocation *invocation, unsigned worker,
                          const char *doing, const char *question);

/* Waits for the answers of all workers that were asked, and watches the
 * template meanwhile. */
int invocation_await_workers(struct invocation *invocation, const char *doing);

/* Asks every worker the same thing and waits for the answers. */
int invocation_ask_workers(struct invocation *invocation, const char *doing,
                           const char *question);

/* Takes a worker's answer apart; see conversation_answer. */
int invocation_worker_answer(struct invocation *invocation, unsigned worker,
                             const char *word, struct message *message,
                             const char *doing);

/* Marks the record: the worker's answer lacks what the protocol requires. */
int invocation_nonsense(struct invocation *invocation, unsigned worker,
                        const char *doing, const char *lacking);

/* observe.c: samples all workers, which must be quiet. */
int invocation_observe(struct invocation *invocation, enum moment moment);

/* observe.c: counts what the template has written since the fork. */
int invocation_observe_template(struct invocation *invocation);

/* strays.c: finds processes that the subject started beside its workers.  One
 * that makes page counts wrong is invalid, any other a warning. */
int invocation_find_strays(struct invocation *invocation);

/* chunk.c: every worker serves its next `count` requests, which the burst
 * counts. */
int invocation_serve_chunk(struct invocation *invocation, uint64_t count,
                           struct record_burst *burst);

/* serve.c: records the collections that a worker's answer lists. */
int invocation_take_collections(struct invocation *invocation, unsigned worker,
                                const struct message *message,
                                const char *doing);

/* serve.c: the bursts, and the collections of the idle workers before them. */
int invocation_collect(struct invocation *invocation);
int invocation_serve(struct invocation *invocation);

#endif
