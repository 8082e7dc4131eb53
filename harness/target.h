/* target.h: the experiment that a verb is about, with the options that name it
 * and its results: FILE, --results, --set and --only, alike for every verb. */
#ifndef HARNESS_TARGET_H
#define HARNESS_TARGET_H

#include <argp.h>
#include <stdbool.h>

#include "harness/cell-filter.h"
#include "harness/experiment.h"
#include "harness/store.h"

struct target {
    /* As the command line gives it, borrowed from there. */
    const char *file;
    const char *results; /* NULL: results/NAME */
    char *only;          /* all --only, joined; NULL: all */
    char **changes;      /* of --set; NULL-terminated */
    size_t change_count;

    /* From target_open on. */
    struct catalogue catalogue;
    struct experiment experiment;
    char *directory;
    json_t *cells; /* of the experiment */
    struct cell_filter filter;
};

/* A child for a verb's argp, whose state's child_inputs[0] is the target. */
extern const struct argp target_argp;

/* Reads the experiment and what --only takes of it.  Returns an exit status;
 * what is not OK has been said.  Free with target_close in any case. */
enum exit_status target_open(struct target *target);
void target_close(struct target *target);

/* Whether --only takes an invocation of a cell. */
bool target_takes(const struct target *target, size_t cell,
                  unsigned invocation);

#endif
