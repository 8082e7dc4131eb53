/* account.h: who broke pages in a process and its descendants, from their page
 * faults.
 *
 * At first every process's pages are looked at; from then on each minor fault
 * is taken in order of time.  A fault on a page that was shared by all that
 * came before broke the page if it is exclusive afterwards, which the process's
 * pagemap is asked for, and in another frame: the last that has a page writes
 * it where it is.  Any other page that is exclusive afterwards is a new
 * one.  At the end the pagemaps are compared with what the faults told; where
 * the kernel refuses to tell of any, that is all there is.
 *
 * A child that runs in its parent's memory (vfork, posix_spawn) shares nothing:
 * what it writes until it runs a program of its own is its parent's. */
#ifndef HARNESS_ACCOUNT_H
#define HARNESS_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "harness/error.h"
#include "harness/tally.h"
#include "smaps/fault-trace.h"
#include "smaps/maps.h"
#include "smaps/sharing.h"
#include "smaps/symbols.h"

/* What could not be done, not because the process had ended. */
struct failures {
    uint64_t count;
    int why; /* errno, the latest */
};

struct account_process {
    pid_t pid, parent;
    char command[20];
    bool alive;
    bool forked;                    /* while it was watched */
    struct account_process *lender; /* whose memory it runs in; NULL: its own */
    uint64_t since_ns;              /* from when on its faults are taken */
    uint64_t shared; /* pages that could be broken: shared then, or by a fork
                      * of its own later */

    uint64_t broken;     /* their writer was seen */
    uint64_t unverified; /* of those: the page could not be looked at again */
    uint64_t unframed;   /* of those: whether they were copied is not known */
    uint64_t kept;       /* written by the last that had them: not copied */
    uint64_t unbroken;   /* faults on shared pages, which stayed shared */
    uint64_t fresh;      /* new pages */
    uint64_t other;      /* faults that made no page private */

    /* Pages that were exclusive at the end, and no fault told why: */
    bool compared;
    uint64_t untold;     /* not shared before; new, or moved */
    int uncompared;      /* if it was not, but has not ended: errno */
    uint64_t left_alone; /* in the same frame: others wrote or left */
    uint64_t copied;     /* in another frame: the writer was not seen */
    uint64_t exclusive;  /* one or the other: frames are hidden */

    struct sharing *sharing; /* NULL when it has ended */
    struct mappings mappings;
    struct symbols *symbols; /* of the account's tables; NULL if unknown */
    int pagemap; /* the descriptor; a negative errno where there is none:
                  * -ESRCH when it has ended */
    uint64_t latest_fork_ns; /* of those that were taken */
    bool stale;              /* its code was mapped anew */
    uint64_t refreshed_with; /* the batch in which it was read again */
    uint64_t tabled_with;    /* the batch in which it was given a table */
    uint64_t completed_with; /* the batch in which untold pages were found */
};

/* What a page is blamed on.  `instruction` is the program's, and the one that
 * called the kernel where that touched the page; `caller` is where its function
 * was called from, as symbols_caller tells, or 0. */
struct account_site {
    struct symbols *symbols;
    uint64_t instruction, caller;
    bool in_kernel;
};

struct account_mapping {
    uint64_t start, end;
    char name[sizeof((struct mapping *)NULL)->name];
};

struct account_event; /* a record that waits for its turn */
struct account_fork;

struct account {
    pid_t root;
    struct fault_trace *trace;
    char untraced[FAULT_WHY_SIZE]; /* why it sees nothing; "" if it does */
    uint64_t start_ns, end_ns;
    struct fault_trace_counts counts; /* at the end */
    uint64_t refused;                 /* descendants that may not be watched */
    uint64_t strays;        /* faults from before their process was known */
    struct failures shut;   /* faults of processes that could not be read */
    struct failures unread; /* times that mappings could not be read */

    struct account_process **processes;
    size_t process_count;
    struct tally sites;      /* keys are struct account_site */
    struct tally mappings;   /* keys are struct account_mapping */
    struct symbols **tables; /* those that were retired first */
    size_t table_count, retired_count;

    struct account_event *events; /* waiting */
    size_t event_count, event_capacity;
    struct account_fork *forks; /* those among them */
    size_t fork_count;
    uint64_t batch;
    uint64_t awaited; /* the batch in which records were waited for */
    struct account_window *window;
};

/* What to do about an errno, as "; raise `ulimit -n`"; "" if that is not known.
 */
const char *account_remedy(int failure);

/* Opens the account of a process and its descendants.  Returns 0, or -1 with an
 * error.  Free with account_close in either case. */
int account_open(struct account *account, pid_t root, struct error *error);
void account_close(struct account *account);

/* Takes what the rings hold by now. */
void account_take(struct account *account);

/* Compares with the pagemaps, stops the trace and takes the rest.  Returns 0,
 * or -1 with an error. */
int account_finish(struct account *account, struct error *error);

#endif
