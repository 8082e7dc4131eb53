/* store.h: the directory that a run writes its results into, with what earlier
 * runs of the same experiment have left there. */
#ifndef HARNESS_STORE_H
#define HARNESS_STORE_H

#include <stdbool.h>

#include "harness/experiment.h"
#include "harness/outcome.h"

struct store {
    const struct experiment *experiment; /* borrowed */
    char *directory;
    int lock;
    bool described;           /* the directory told what its results are of */
    struct outcome *outcomes; /* by cell, then by invocation */
};

/* What a store is opened for. */
enum store_use {
    STORE_LOOK,  /* nothing is made or written; the directory may be missing */
    STORE_RUN,   /* nobody else may write there meanwhile */
    STORE_SHARE, /* others that share it may: each invocation has its own file
                  */
};

/* Makes the directory if it is to be written, tells in it what the experiment
 * is (description.h), and reads the results there.  Fails when it cannot be
 * used, when another run is at work in it, or when it holds results of another
 * experiment, of another build of cowlab or another subject, or half a file;
 * the error shows in what they differ. */
int store_open(struct store *store, const struct experiment *experiment,
               const char *directory, enum store_use use, struct error *error);

/* The directory itself, or the first of NAME.2, NAME.3 ... that is not there if
 * it is; the caller frees it. */
char *store_fresh_directory(const char *directory);
void store_close(struct store *store);

/* The outcome of one invocation (from 1) of one cell. */
struct outcome *store_outcome(const struct store *store, size_t cell,
                              unsigned invocation);

/* How far an invocation is: no result, a valid one, an invalid one. */
enum state { STATE_MISSING, STATE_DONE, STATE_FAILED, STATES };
extern const char *const state_texts[STATES]; /* as words */
enum state store_state(const struct store *store, size_t cell,
                       unsigned invocation);

/* What a cell's valid invocations measured, into room for all; returns how many
 * there are. */
size_t store_values(const struct store *store, size_t cell,
                    enum measure measure, double *values);

/* The median of a measure over a cell's valid invocations; NAN: not measured.
 */
double store_median(const struct store *store, size_t cell,
                    enum measure measure);

/* The first valid outcome of the same work by another subject that does not
 * agree with this one, as the text of a detail; NULL when all agree.  Graphs
 * are comparable between collectors alone, replies between all subjects.  The
 * caller frees it. */
char *store_disagreement(const struct store *store, size_t cell,
                         unsigned invocation, const struct outcome *outcome);

/* The path of an invocation's result, whether it is there or not; the caller
 * frees it. */
char *store_path(const struct store *store, size_t cell, unsigned invocation);

/* Writes a result and keeps its outcome. */
int store_put(struct store *store, size_t cell, unsigned invocation,
              const json_t *result, struct error *error);

#endif
