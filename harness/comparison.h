/* comparison.h: cells of two sides, measure by measure.
 *
 * Cells of the same id are compared with each other.  Where there are none,
 * each side has one cell, or cells that have one partner each that differs in
 * the subject alone, in the workload alone, or in the number of workers alone.
 *
 * Two cells of one directory that were measured in turn (interleaving.h) are
 * compared invocation by invocation: both of a pair were made one soon after
 * the other, with the same seed, on the machine as it was then.  Others are
 * drawn independently. */
#ifndef HARNESS_COMPARISON_H
#define HARNESS_COMPARISON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "harness/columns.h"
#include "harness/comparand.h"
#include "harness/error.h"
#include "harness/interval.h"
#include "harness/scatter.h"
#include "harness/steady.h"

struct comparison_row { /* one measure, or one counted event */
    struct column column;
    const char *group;     /* the title that it stands under, or NULL */
    const char *event;     /* NULL: the column's measure */
    struct interval a, b;  /* medians */
    struct interval ratio; /* of b to a */
    enum verdict verdict;  /* on b */
    enum scatter scatter_a, scatter_b;
    const char *why; /* why there is no ratio; NULL where there is */
};

struct comparison_pair {
    const struct comparand_cell *a, *b;
    const char *unpaired; /* why it is drawn independently; NULL: it is not */
    struct comparison_row *rows;
    size_t count;
    struct steady_sum steady_a[BURSTS_SERIES], steady_b[BURSTS_SERIES];
};

struct comparison {
    const struct comparand *a, *b; /* borrowed */
    struct comparison_pair *pairs; /* in the order of a */
    size_t count;
    json_t *missing;  /* [{cell, side}]: has no partner on that side */
    json_t *machines; /* differences of two machines, as of machine.h */
    json_t *warnings; /* [{code, detail}] */
};

/* Compares two sides, which must outlive the comparison.  Fails when no two
 * cells belong together, and when both are the same invocations.  Free with
 * comparison_close, also after a failure. */
int comparison_open(struct comparison *comparison, const struct comparand *a,
                    const struct comparand *b, struct error *error);
void comparison_close(struct comparison *comparison);

/* Whether nothing that was asked for is missing or invalid. */
bool comparison_complete(const struct comparison *comparison);

/* The two halves of opening one.  comparison-pairs.c: finds the pairs and what
 * is missing. */
int comparison_pair_up(struct comparison *comparison, struct error *error);
/* comparison-rows.c: fills in all that is measured of a pair. */
void comparison_measure(struct comparison_pair *pair);

/* Prints it (compare-table.c); the caller releases the JSON (compare-json.c).
 */
void comparison_print(const struct comparison *comparison, FILE *stream);
json_t *comparison_json(const struct comparison *comparison);

#endif
