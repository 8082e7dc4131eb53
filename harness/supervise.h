/* supervise.h: the processes of one subject: their start, their meeting with
 * the supervisor, and their end.
 *
 * The template runs in a session of its own.  The guard (guard.h) starts it and
 * is the subreaper of all its descendants, so that none can be lost, and
 * supervision_close leaves none alive. */
#ifndef HARNESS_SUPERVISE_H
#define HARNESS_SUPERVISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "harness/clock.h"
#include "harness/conversation.h"
#include "harness/error.h"

struct process {
    pid_t pid;
    int pidfd; /* signals through it cannot hit a successor of the pid */
};

struct supervision {
    int listener;
    char address[64];        /* of the socket, as COWLAB_SOCKET names it */
    struct process template; /* pid 0: not started */
    struct process *workers;
    size_t worker_count;
    bool on_behalf;     /* the program speaks for processes that do not */
    uint64_t oom_kills; /* of the whole machine, when the subject started */
};

/* Who connected. */
struct hello {
    bool worker; /* or the template */
    unsigned index;
    pid_t pid;
};

/* Opens the socket and starts the subject's program; there must be a guard.  On
 * failure nothing is left open; otherwise end with supervision_close. */
int supervision_open(struct supervision *supervision, char *const command[],
                     struct error *error);

/* Adds a pid that the template says it has forked.  -1 when it is no process of
 * the template's session, so that no stranger is ever watched or killed. */
int supervision_adopt(struct supervision *supervision, pid_t pid);

/* Whether a pid is of the template's session, and not the program itself. */
bool supervision_has(const struct supervision *supervision, pid_t pid);

/* Accepts the next connection and reads its greeting into `hello`; the caller
 * closes the conversation whatever the answer.  CLOSED when a process of the
 * subject ended before; NONSENSE when the greeting is not one, or the peer is
 * not the process that it says it is, nor the program on behalf of a worker. */
enum answer supervision_meet(struct supervision *supervision,
                             const struct patience *patience,
                             struct conversation *conversation,
                             struct hello *hello);

/* Whether the template still runs.  Its connection need not close when it does
 * not: a worker may have inherited it. */
bool supervision_template_runs(const struct supervision *supervision);

/* Whether the template and every worker still run. */
bool supervision_all_run(const struct supervision *supervision);

/* How the template ended: "exited with status 3", "was killed by signal 11
 * (Segmentation fault)".  Waits a short while for the end; false when it is
 * still alive.  `signal` (may be NULL) is the signal that killed it, or 0. */
bool supervision_template_end(struct supervision *supervision, char text[80],
                              int *signal);

/* The same words for the end of any process, from the kind of end and number
 * that `reap` gives: `exit` and a status, or `signal` and a number. */
void supervision_end_text(char text[80], bool signalled, int number);

/* Waits until the worker has ended; false when it has not by the deadline. */
bool supervision_worker_ended(const struct supervision *supervision,
                              size_t worker, const struct patience *patience);

/* Whether the kernel has killed for want of memory since the start. */
bool supervision_out_of_memory(const struct supervision *supervision);

/* The last 4 KiB of what the subject wrote, as printable text; NULL when it
 * wrote nothing.  The caller frees it.  `bytes` is all that it wrote. */
char *supervision_output(uint64_t *bytes);

/* Has the guard kill and reap what is left: nothing remains. */
int supervision_close(struct supervision *supervision, struct error *error);

#endif
