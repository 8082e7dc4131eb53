/* family.h: a template process and its workers, for tests whose pages are known
 * by construction.
 *
 * The test stands outside, as the supervisor does, so that its own writes break
 * nothing.  Every member waits for a task, a function of the test program, runs
 * it on the area and answers with its result. */
#ifndef TESTS_FAMILY_H
#define TESTS_FAMILY_H

#include <stdint.h>
#include <sys/types.h>

#define FAMILY_WORKERS 3

/* The member that tasks are given to: a worker's index, or the template. */
enum { FAMILY_TEMPLATE = FAMILY_WORKERS, FAMILY_MEMBERS };

struct family {
    pid_t pid[FAMILY_MEMBERS];
    int socket[FAMILY_MEMBERS];
    uint64_t area; /* address, the same in all members */
};

typedef long family_task(char *area, long first, long count);

/* Starts the template, which maps `bytes` of private anonymous memory without
 * huge pages and touches none of it.  Aborts on failure, as all of these. */
void family_start(struct family *family, uint64_t bytes);

/* Runs a task in a member and waits for its result. */
long family_do(const struct family *family, int member, family_task *task,
               long first, long count);

/* Forks the workers. */
void family_fork(struct family *family);

/* Ends a member and waits until it is gone. */
void family_end(struct family *family, int member);

/* Ends all members that are left. */
void family_stop(struct family *family);

#endif
