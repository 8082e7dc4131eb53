/* phase-log.h: what the process was doing when: the phases it entered, with
 * their times.
 *
 * A page fault that was seen from outside has a time; the log says what that
 * time was spent on.  It is kept only when it is asked for, in memory that
 * is not there before.  Phases nest: who enters one remembers the one
 * before and enters that again. */
#ifndef HEAP_PHASE_LOG_H
#define HEAP_PHASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PHASES(X)                                                              \
    X(IDLE, "idle", "between commands")                                        \
    X(START, "start", "a worker, from the fork until it greets")               \
    X(REQUEST, "request", "the mutator: it reads, stores and allocates")       \
    X(MINOR, "minor", "survivors are copied out of the nursery")               \
    X(MARK, "mark", "what lives is found")                                     \
    X(SWEEP, "sweep", "what does not is freed")                                \
    X(COMPACT, "compact", "objects are moved, and references rewritten")

enum phase {
#define PHASE_MEMBER(name, word, meaning) PHASE_##name,
    PHASES(PHASE_MEMBER)
#undef PHASE_MEMBER
};

#define PHASE_LOG_LENGTH 16384u

struct phase_entry {
    uint64_t start_ns; /* CLOCK_MONOTONIC */
    enum phase phase;
};

struct phase_log {
    bool is_on; /* set by phase_log_begin() */
    enum phase now;
    size_t count;
    uint64_t more;               /* phases that found it full */
    struct phase_entry *entries; /* PHASE_LOG_LENGTH, once it is on */
};

extern struct phase_log phase_log;

/* Begins to log, here and in what is forked from here; false: no memory. */
bool phase_log_begin(void);

/* The word of a phase, as the protocol has it. */
const char *phase_word(enum phase phase);

/* Logs the phase that is entered, at this moment; phase_log.now is the one that
 * ends. */
void phase_log_add(enum phase phase);

/* Returns the phase before. */
static inline enum phase phase_enter(enum phase phase)
{
    enum phase before = phase_log.now;
    if (__builtin_expect(phase_log.is_on, 0)) {
        phase_log_add(phase);
    }
    phase_log.now = phase;
    return before;
}

#endif
