/* published.h: numbers that others published, and what was measured here beside
 * them.
 *
 * An item of `published` in an experiment file (keys.h) names what was
 * published, where, the measure and the value, and the cell that it is held
 * against; with `against` the value is a multiple of what another cell has.
 * What is comparable between machines and decades are shares and multiples; the
 * file should state these, and say in `source` how they follow from what stands
 * there.
 *
 * Ours is a median over the invocations, or the ratio of two, with its interval
 * (interval.h), paired by invocation where the two were measured in turn
 * (interleaving.h).  It
 *
 *   reproduces      the published value if that lies in the interval, or no
 *                   farther from it than `within`, which the file states before
 *                   anything is measured: published numbers are mostly rounded,
 *                   of one run, and have no interval of their own.  Of a small
 *                   value it states a part (`within-percent`), or a factor of
 *                   three would be within a point
 *   same direction  if it does not, but is a multiple on the same side of 1
 *   does not        otherwise: ours is so many times theirs
 *   too few         invocations: there is no interval
 *
 * The items stand in the description of the experiment (description.h), in base
 * units and with the ids of their cells, null and the reason where an optional
 * subject was left out, so that whoever has the results has them too. */
#ifndef HARNESS_PUBLISHED_H
#define HARNESS_PUBLISHED_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "harness/columns.h"
#include "harness/experiment.h"
#include "harness/interval.h"
#include "harness/layers.h"

/* Reads the items into the experiment, whose cells are there. */
int published_read(struct experiment *experiment, const struct layers *layers,
                   struct error *error);

/* Whoever has results, and asks for one number of theirs. */
struct measured {
    const void *context;
    /* Of an invocation, from 1, of a cell by its id; NAN: none that is valid.
     */
    double (*value)(const void *context, const char *cell, unsigned invocation,
                    enum measure measure);
};

enum published_verdict {
    PUBLISHED_ABSENT, /* a cell was left out, or not measured yet */
    PUBLISHED_TOO_FEW,
    PUBLISHED_REPRODUCED,
    PUBLISHED_DIRECTION,
    PUBLISHED_REFUTED,
};

/* By the rule above; `is_ratio`: both are multiples. */
enum published_verdict published_judge(double value, double within,
                                       struct interval ours, bool is_ratio);

/* What was left out, where an item is of that; else NULL. */
const char *published_left_out(const json_t *item);

struct published_row {
    const json_t *item; /* the description's */
    const struct column *column;
    struct interval ours; /* in base units, or a multiple */
    enum published_verdict verdict;
};

struct published_rows {
    json_t *description;
    struct published_row *items;
    size_t count;
};

/* Holds what was measured against the items of a description; there may be
 * none.  Items that this cowlab cannot read are passed over.  Free with
 * published_close. */
struct published_rows published_open(json_t *description,
                                     const struct measured *measured);
void published_close(struct published_rows *rows);

/* Whether nothing is absent but what was left out. */
bool published_complete(const struct published_rows *rows);

/* Prints a table, the sources and the rule (published-table.c); nothing where
 * there are no items.  The caller releases the JSON, an array: of each item
 * what the description has, `ours`, `verdict`, and where both are numbers
 * `times`, ours as a multiple of theirs. */
void published_print(const struct published_rows *rows, FILE *stream);
json_t *published_json(const struct published_rows *rows);

#endif
