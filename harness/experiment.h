/* experiment.h: an experiment file, read and checked, and its cells.
 *
 * The file is YAML.  All keys, with their defaults:
 *
 *   experiment: NAME             required: letters, digits, - and _
 *   about: TEXT                  ""
 *   seed: INTEGER                1
 *   invocations: INTEGER         1      1..1000
 *   timeout, bursts, sample ...         how each cell is run: all keys of
 *                                       harness/regime.h
 *   counters: [NAME...]          []     events to count in each worker, from
 *                                       after the fork until its last request,
 *                                       by libpfm4's names: page-faults,
 *                                       cycles, dTLB-load-misses, cycles:u ...
 *                                       (`cowlab list counters`), 64 at most
 *   matrix:                      required; include and the rest come after it
 *     subject: [SUBJECT...]      required: a name, or a mapping:
 *                                  name: NAME, label: TEXT, prepare: [STEP...]
 *                                  (64 at most),
 *                                  optional: BOOLEAN (a runtime that is not
 *                                  installed is left out, not refused), and
 *                                  any declared option; `collectors` stands
 *                                  for every collector that no other subject
 *                                  names, but for those of its except:
 *                                  [NAME...]; what differs in the label alone
 *                                  is measured twice
 *     workload: [WORKLOAD...]    required: a name, or a mapping:
 *                                  name: NAME, label: TEXT, and any declared
 *                                  parameter
 *     workers: [INTEGER...]      [4]      1..1000
 *   include: [PRODUCT...]        []     more cells: mappings with any factors
 * of a matrix (those that are not given are the matrix's) and keys of regime.h
 *   exclude: [SELECTION...]      []     cells that are left out, as in
 *                                       'subject=nogc,workers=8'
 *                                       (harness/cell-filter.h)
 *   override: [CHANGE...]        []     mappings with only: SELECTION and keys
 *                                       of regime.h: how these cells are run;
 *                                       later ones are taken upon earlier ones
 *   extends: FILE                       what is not said here is said there
 *                                       (harness/layers.h)
 *
 * Any option or parameter may be given as a list: it becomes an axis of the
 * product.  A size, whose unit is bytes, may be written as 64 KiB or 1 GiB.  A
 * matrix has at most 4096 cells. */
#ifndef HARNESS_EXPERIMENT_H
#define HARNESS_EXPERIMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/error.h"
#include "harness/regime.h"
#include "harness/subject.h"

struct setting { /* canonical */
    char *name;
    char *value;
};

/* One point of the matrix. */
struct cell {
    char *id; /* label-workload-w4-1a2b3c4d: readable, then a hash of
               * all that distinguishes the cell; fit for a file name */
    const struct subject *subject; /* borrowed from the catalogue */
    char *subject_label;           /* unique: the name and the settings given,
                                    * "mark-side growth=150", or the label
                                    * given and the settings that are axes */
    struct setting *options;       /* all of them, defaults included */
    size_t option_count;
    char **prepare;
    size_t prepare_count;
    const struct subject_workload *workload; /* borrowed */
    char *workload_label;                    /* likewise */
    struct setting *parameters; /* all of them, defaults included */
    size_t parameter_count;
    unsigned workers;
    struct regime regime;
    unsigned depth; /* how finely it divides the numeric axes: 0 at their
                     * ends, 1 in the middle, 2 at the quarters ... */
    char *identity; /* subject and workload with all settings */
    char *group;    /* what cell_same_group compares */
};

struct left_out { /* an optional subject that is not installed */
    char *subject;
    char *why;
};

struct experiment {
    char *name;
    char *about;
    char *path;
    char hash[17]; /* layers_hash */
    uint64_t seed;
    unsigned invocations;
    struct regime regime; /* of cells that have none of their own */
    char **counters;
    size_t counter_count;
    struct cell
        *cells; /* workload outermost, then workers, subject innermost */
    size_t cell_count;
    struct left_out *left_out;
    size_t left_out_count;
};

/* Reads a file with the changes of the command line (layers.h; NULL: none),
 * checks everything in it against the catalogue, expands the matrix.  The error
 * reads "FILE:LINE:COLUMN: ..." and names the offending word, what was
 * expected, and the nearest known word.  Free with experiment_close; the
 * catalogue must outlive the experiment. */
int experiment_open(struct experiment *experiment, const char *path,
                    char *const *changes, const struct catalogue *catalogue,
                    struct error *error);
void experiment_close(struct experiment *experiment);

#endif
