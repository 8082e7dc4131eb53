/* limit.h: `memory:` and `swap:` of an experiment: each invocation runs in a
 * control group of its own, with a swap file of its own, and both are gone when
 * it has ended. */
#ifndef HARNESS_LIMIT_H
#define HARNESS_LIMIT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "harness/error.h"
#include "harness/experiment.h"
#include "harness/memory-group.h"
#include "harness/record.h"

struct invocation;

/* What an invocation is limited by; all zero: by nothing. */
struct limit {
    struct memory_group group;
    char *swap_path;     /* NULL: no swap file */
    json_t *machine;     /* swap and pressure of the machine before; or NULL */
    int64_t swapped_out; /* pages, of the machine so far; -1: not known */
};

/* Removes what dead runs left, here and in the directory of results, and makes
 * sure that the limits of every cell can be set, by setting them for a moment.
 * The error says which cannot and what can be done about it. */
int limit_try(const struct experiment *experiment, const char *directory,
              struct error *error);

/* A phase of an invocation: sets the limits of its cell for whatever is started
 * from now on.  Where they cannot be set the record is invalid, or with
 * `memory-optional: true` has a warning. */
int limit_begin(struct invocation *invocation);

/* Adds what the group has now to the record, beside a sample of the workers. */
void limit_look(struct invocation *invocation, enum moment moment);

/* Whether a process was killed for want of memory: one of the group, or where
 * there is no group, or it does not tell, any of this machine. */
bool limit_out_of_memory(const struct invocation *invocation);

/* Whether the machine has swapped pages out since the beginning. */
bool limit_swapped(const struct invocation *invocation);

/* Puts the group's account into the record and removes group and swap file,
 * when no process is left.  -1: something could not be removed. */
int limit_end(struct invocation *invocation, struct error *error);

#endif
