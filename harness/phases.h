/* phases.h: what a worker was doing when, as it told (subjects/PROTOCOL.md). */
#ifndef HARNESS_PHASES_H
#define HARNESS_PHASES_H

#include <stddef.h>
#include <stdint.h>

#include "harness/message.h"

/* Room for the word of a phase, with its NUL. */
#define PHASE_WORD_SIZE 16

struct phase_start {
    uint64_t ns; /* CLOCK_MONOTONIC */
    char word[PHASE_WORD_SIZE];
};

/* Starts as all zero. */
struct phases {
    struct phase_start *items; /* in the order of time */
    size_t count, capacity;
    uint64_t unlisted; /* phases that the worker had no room for */
};

/* Adds those of an answer.  Returns 0, or -1 when it is not of the form
 * PHASE=TIME... [more=N], or goes back in time. */
int phases_add(struct phases *phases, const struct message *message);

/* The phase at a time, borrowed; `start` before the first that was logged. */
const char *phases_at(const struct phases *phases, uint64_t ns);

void phases_clear(struct phases *phases);

#endif
