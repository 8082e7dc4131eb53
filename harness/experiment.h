/* experiment.h: an experiment file, read and checked, and its cells.
 *
 * The file is YAML.  All keys, with their defaults:
 *
 *   experiment: NAME             required: letters, digits, - and _
 *   about: TEXT                  ""
 *   seed: INTEGER                1
 *   invocations: INTEGER         1      1..1000
 *   timeout: INTEGER             60     seconds for one answer, 1..86400
 *   collections-first: INTEGER   0      full collections asked of each idle
 *                                       worker before its first request, 0..100
 *   bursts: INTEGER              10     0..1000000
 *   requests-per-burst: INTEGER  100    of all workers together, 1..1000000
 *   sample: [INTEGER...]         [1, 2, 3, 5, 10, 20, 50, 100]   sample after
 *                                       these requests of each worker, and
 *                                       then after every burst
 *   counters: [NAME...]          []     events to count in each worker, from
 *                                       after the fork until its last request,
 *                                       by libpfm4's names: page-faults,
 *                                       cycles, dTLB-load-misses, cycles:u ...
 *                                       (`cowlab list counters`), 64 at most
 *   blame: BOOLEAN               false  trace page faults and phases: who broke
 *                                       each page (harness/blame-ledger.h)
 *   blame-writes: BOOLEAN        false  with blame: watch writes, too: which
 *                                       later phases wrote each broken page
 *                                       (harness/blame-writes.h)
 *   matrix:                      required
 *     subject: [SUBJECT...]      required: a name, or a mapping:
 *                                  name: NAME, label: TEXT, prepare: [STEP...]
 *                                  (64 at most),
 *                                  optional: BOOLEAN (a runtime that is not
 *                                  installed is left out, not refused), and
 *                                  any declared option; `collectors` stands
 *                                  for every collector that no other subject
 *                                  names, but for those of its except:
 *                                  [NAME...]
 *     workload: [WORKLOAD...]    required: a name, or a mapping:
 *                                  name: NAME, label: TEXT, and any declared
 *                                  parameter
 *     workers: [INTEGER...]      [4]      1..1000
 *
 * Any option or parameter may be given as a list: it becomes an axis of the
 * product.  A size, whose unit is bytes, may be written as 64 KiB or 1 GiB.
 * Requests are dealt to the workers in turn, so a burst must be a multiple of
 * the number of workers.  A matrix has at most 4096 cells. */
#ifndef HARNESS_EXPERIMENT_H
#define HARNESS_EXPERIMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/error.h"
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
};

struct left_out { /* an optional subject that is not installed */
    char *subject;
    char *why;
};

struct experiment {
    char *name;
    char *about;
    char *path;
    char hash[17]; /* xxh64 of the file's bytes */
    uint64_t seed;
    unsigned invocations;
    unsigned timeout_s;
    unsigned collections_first;
    unsigned bursts;
    unsigned requests_per_burst;
    unsigned *sample_after; /* ascending */
    size_t sample_after_count;
    char **counters;
    size_t counter_count;
    bool blame, blame_writes;
    struct cell
        *cells; /* workload outermost, then workers, subject innermost */
    size_t cell_count;
    struct left_out *left_out;
    size_t left_out_count;
};

/* Reads a file, checks everything in it against the catalogue, expands the
 * matrix.  The error reads "FILE:LINE:COLUMN: ..." and names the offending
 * word, what was expected, and the nearest known word.  Free with
 * experiment_close; the catalogue must outlive the experiment. */
int experiment_open(struct experiment *experiment, const char *path,
                    const struct catalogue *catalogue, struct error *error);
void experiment_close(struct experiment *experiment);

#endif
