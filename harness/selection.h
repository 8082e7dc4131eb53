/* selection.h: what one figure shows, read from plots/NAME.yaml.
 *
 * All keys but the last are required:
 *
 *   title: TEXT
 *   x:                        the horizontal axis
 *     quantity: QUANTITY
 *     unit: UNIT
 *     label: TEXT
 *     scale: linear | log     log is of 1 + x, so that 0 has its place
 *   y:                        the vertical axis, which begins at 0
 *     quantity: QUANTITY
 *     unit: UNIT
 *     label: TEXT
 *   workers: REDUCTION        over the workers of one invocation
 *   invocations: REDUCTION    over the invocations of one cell
 *   optional: BOOLEAN         few experiments measure it: where it was not,
 *                             nothing is said unless it was asked for by name
 *
 * QUANTITY, of a sample of one worker:
 *   worker-requests   requests that this worker has served      [requests]
 *   private-memory    its unique set size                       [MiB]
 *   shared-memory     its resident less its unique set size     [MiB]
 *   erosion           its broken pages / inherited pages        [percent]
 * QUANTITY, of a burst:
 *   all-requests      requests that all workers have served by its end
 *                                                               [requests]
 *   request-rate      its requests / its time                   [requests/s]
 *   mean-rate         the same of all bursts so far             [requests/s]
 *   group-swap        what all processes together have in swap at its end,
 * where their memory is limited                   [MiB] major-faults      of
 * all processes in it, likewise          [faults] REDUCTION: mean, median or
 * maximum.
 *
 * Both axes are of the same kind of row.  Where a worker has several samples
 * at the same x, the last counts.  What is not measured for every worker is not
 * drawn.  plots/NAME.gp draws the figure. */
#ifndef HARNESS_SELECTION_H
#define HARNESS_SELECTION_H

#include <stdbool.h>

#include "harness/error.h"
#include "harness/quantity.h"

enum reduction { REDUCTION_MEAN, REDUCTION_MEDIAN, REDUCTION_MAXIMUM };

struct axis {
    const struct quantity *quantity;
    const struct unit *unit;
    char *label;
};

struct selection {
    char *name;   /* the file's, without directory and ending */
    char *script; /* path of the gnuplot script beside it */
    char *title;
    struct axis x, y;
    bool log_x;
    bool optional;
    enum reduction workers, invocations;
};

/* Reads a selection.  The error reads FILE:LINE:COLUMN: and names the word and
 * the nearest known one.  Free with selection_close. */
int selection_open(struct selection *selection, const char *path,
                   struct error *error);
void selection_close(struct selection *selection);

#endif
