/* progress.h: what the run is doing, on stderr.
 *
 * On a terminal one line that rewrites itself; otherwise one plain line for
 * each invocation; with --quiet nothing. */
#ifndef HARNESS_PROGRESS_H
#define HARNESS_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/experiment.h"

/* One letter for each worker, or one L for the template. */
enum letter {
    LETTER_LOADING = 'L',
    LETTER_QUIET = 'Q',
    LETTER_SERVING = 'R',
    LETTER_COLLECTING = 'C',
    LETTER_SAMPLED = 'S',
    LETTER_DEAD = 'X',
};

struct progress {
    bool quiet, terminal;
    const struct experiment *experiment;
    size_t total, done; /* invocations, of all cells */
    size_t measured;    /* done in this run, with their time: the ETA */
    uint64_t measured_ns;
    uint64_t begun_ns;       /* CLOCK_MONOTONIC of the running invocation */
    uint64_t drawn_ns;       /* of the last line drawn */
    size_t width;            /* of the last line drawn */
    const struct cell *cell; /* of the running invocation */
    size_t cell_number;      /* from 1 */
    unsigned invocation, burst;
    char *letters;         /* one for each worker, as a string */
    double private_mib;    /* mean of the workers at the last sample */
    double broken_percent; /* negative while not known */
};

void progress_open(struct progress *progress,
                   const struct experiment *experiment, bool quiet);
void progress_close(struct progress *progress);

/* Counts an invocation that need not be run again. */
void progress_skip(struct progress *progress);

/* An invocation begins, and ends; `outcome` says how, in a few words. */
void progress_begin(struct progress *progress, const struct cell *cell,
                    size_t cell_number, unsigned invocation);
void progress_end(struct progress *progress, const char *outcome);

/* Sets one worker's letter, or those of all; draws at most 10 times a second.
 */
void progress_letter(struct progress *progress, unsigned worker,
                     enum letter letter);
void progress_letters(struct progress *progress, enum letter letter);

/* Draws what has changed meanwhile, the time left if nothing else. */
void progress_tick(struct progress *progress);

/* A burst begins. */
void progress_burst(struct progress *progress, unsigned burst);

/* The workers have been sampled. */
void progress_sampled(struct progress *progress, double private_mib,
                      double broken_percent);

/* Takes the line that is being rewritten off the terminal. */
void progress_clear(struct progress *progress);

/* Says something on a line of its own. */
void progress_say(struct progress *progress, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
