/* guard.h: the process that keeps what a run must not leave behind.
 *
 * Whoever is killed by SIGKILL cleans up nothing.  So `cowlab run` begins with
 * forking the guard, which holds one end of a socket whose other end only the
 * supervisor holds.  The guard starts the templates, so that it is the parent
 * of each, and it is the subreaper of all that descend from them.  Wherever a
 * process of a subject may go - into another session, away from its parent, to
 * another program - it comes to be a child of the guard, and a child's pid is
 * nobody else's until it is reaped: no process is missed, and no stranger hit.
 * When the supervisor or the socket ends, the guard kills every child until
 * none is left, removes what else it was told of, and exits.  The ordinary end
 * of an invocation asks for the same, so that every run proves that it works.
 *
 * The guard is in a session of its own, deaf to every signal but SIGKILL, and
 * sleeps while anything is measured, unless the subject writes to its output.
 * If it is killed itself, the template goes with it and the supervisor, a
 * subreaper too, inherits the rest.
 *
 * A process has one guard at most.  All functions wait for its answer; those
 * that return -1 give an error. */
#ifndef HARNESS_GUARD_H
#define HARNESS_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "harness/error.h"

/* Forks the guard: to be called before much is allocated or opened. */
int guard_open(struct error *error);

/* Ends the guard, and waits for that; what it still keeps is cleaned. */
void guard_close(void);

/* Starts a program in a session of its own, COWLAB_SOCKET set to the address.
 * Returns its pid, which stays taken until guard_kill; it dies when the guard
 * does. */
pid_t guard_start(char *const command[], const char *address,
                  struct error *error);

/* The last of what the program started last and its descendants wrote to
 * standard output and error, OUTPUT_TAIL bytes at most, and how much they wrote
 * in all.  The caller frees it; NULL when that was nothing. */
char *guard_output(size_t *length, uint64_t *bytes);

/* How a program that was started has ended: by a signal or with a status. False
 * when it still runs, or when the guard is gone. */
bool guard_ended(pid_t pid, bool *signalled, int *number);

/* Kills and reaps all that was started and all that descends from it. */
int guard_kill(struct error *error);

/* Lends the guard a descriptor: a lock on it is not let go before the guard is,
 * too, so that the next run does not begin beside what is still being killed.
 */
int guard_hold(int descriptor, struct error *error);

/* A cgroup that the caller has made: whatever is started from now on enters it,
 * and it is removed in the end.  One for each hierarchy, where there are many.
 */
int guard_cgroup(const char *directory, struct error *error);

/* A swap file: taken out of use if it is in use, and unlinked in the end. */
int guard_swap(const char *path, struct error *error);

/* The caller has removed the directory or file itself. */
int guard_forget(const char *path, struct error *error);

#endif
