/* experiment.h: an experiment file, read and checked, and its cells.
 *
 * The file is YAML.  All keys, with their defaults and meanings, are in
 * harness/keys.h, which `cowlab show experiment` prints.  Selections are those
 * of harness/cell-filter.h, files upon files those of harness/layers.h. */
#ifndef HARNESS_EXPERIMENT_H
#define HARNESS_EXPERIMENT_H

#include <jansson.h>
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

struct left_out { /* an optional subject that cannot run here */
    char *subject;
    char *why;
};

struct excluded { /* an item of `exclude` */
    char *selection;
    size_t cells; /* how many it took out */
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
    struct excluded *excluded;
    size_t excluded_count;
    json_t *published; /* published.h; never NULL */
};

/* Reads a file with the changes of the command line (layers.h; NULL: none),
 * checks everything in it against the catalogue, expands the matrix.  The error
 * reads "FILE:LINE:COLUMN: ..." and names the offending word, what was
 * expected, and the nearest known word.  Free with experiment_close; the
 * catalogue must outlive the experiment. */
int experiment_open(struct experiment *experiment, const char *path,
                    char *const *changes, struct catalogue *catalogue,
                    struct error *error);
void experiment_close(struct experiment *experiment);

#endif
