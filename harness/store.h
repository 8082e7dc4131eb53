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
    struct outcome *outcomes; /* by cell, then by invocation */
};

/* Makes the directory (with `fresh` another one, NAME.2 and so on, if it is
 * there) and reads the results in it.  Fails when it cannot be used, when
 * another run is at work in it, or when it holds results that were made from
 * another experiment file or another program, or half a file. */
int store_open(struct store *store, const struct experiment *experiment,
               const char *directory, bool fresh, struct error *error);
void store_close(struct store *store);

/* The outcome of one invocation (from 1) of one cell. */
struct outcome *store_outcome(const struct store *store, size_t cell,
                              unsigned invocation);

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

/* Writes a result and keeps its outcome. */
int store_put(struct store *store, size_t cell, unsigned invocation,
              const json_t *result, struct error *error);

#endif
