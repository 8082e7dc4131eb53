/* comparand.h: one side of a comparison: a result, or cells of a directory of
 * results.
 *
 * It is written FILE, DIR, or DIR:SELECTION, the selection as in
 * cell-filter.h. */
#ifndef HARNESS_COMPARAND_H
#define HARNESS_COMPARAND_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "harness/error.h"
#include "harness/outcome.h"

struct comparand_invocation { /* a valid one */
    unsigned number;
    struct outcome outcome;
    json_t *environment; /* shared by those that machine.h finds equal */
};

struct comparand_cell {
    json_t *cell;   /* as in its results */
    json_t *origin; /* what the first of them was made from: {experiment_hash,
                     * experiment, commit, program_hash, version} */
    struct comparand_invocation *items; /* by number */
    size_t count;
    json_t *invalid; /* an array of {invocation, reason, detail} */
};

struct comparand {
    char *text; /* as it was written */
    char *path; /* of the file or directory, with all links resolved */
    struct comparand_cell *cells; /* by the results' names */
    size_t count;
};

/* Reads one side.  Fails when something cannot be read or is no result, when
 * the selection is refused or takes nothing, and when one invocation of a cell
 * is there twice.  Free with comparand_close, also after a failure. */
int comparand_open(struct comparand *comparand, const char *text,
                   struct error *error);
void comparand_close(struct comparand *comparand);

/* The cell of that id, or NULL. */
const struct comparand_cell *comparand_find(const struct comparand *comparand,
                                            const char *id);

/* Finds the next invocation that both cells have, by number: moves *i in `a`
 * and *k in `b`, which begin at 0, on to it; false at the end.  The caller
 * steps over it by ++*i. */
bool comparand_both(const struct comparand_cell *a,
                    const struct comparand_cell *b, size_t *i, size_t *k);

/* Its id, and the "name" or "label" of its "subject" or "workload"; "" if there
 * is none. */
const char *comparand_id(const struct comparand_cell *cell);
const char *comparand_text(const struct comparand_cell *cell, const char *of,
                           const char *key);

#endif
