/* store.h: the directory that a run writes its results into, with what earlier
 * runs of the same experiment have left there. */
#ifndef HARNESS_STORE_H
#define HARNESS_STORE_H

#include <stdbool.h>

#include "harness/experiment.h"
#include "harness/outcome.h"

/* Valid results that were measured on another machine, or under another
 * kernel. */
struct store_elsewhere {
    size_t count;
    char *path;          /* of the first, */
    json_t *differences; /* and in what it differs, as of machine.h: a is its */
};

struct store {
    const struct experiment *experiment; /* borrowed */
    char *directory;
    int lock;
    bool described; /* the directory told what its results are of */
    bool refused;   /* they are of something else */
    json_t *here;   /* the environment now; NULL: nothing is measured */
    struct store_elsewhere elsewhere;
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
 * the error shows in what they differ.  Results of another machine are no
 * reason to fail: a job array on a cluster writes into one directory. */
int store_open(struct store *store, const struct experiment *experiment,
               const char *directory, enum store_use use, struct error *error);

void store_close(struct store *store);

/* Of the directories that stand beside each other as NAME, NAME.2, NAME.3 ...
 * (store-numbered.c): the first that is not there; and the last but NAME whose
 * description and results are the experiment's, or NULL.  The caller frees
 * them. */
char *store_fresh_directory(const char *directory);
char *store_numbered(const struct experiment *experiment,
                     const char *directory);

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
