/* experiment-path.h: where the file of an experiment is. */
#ifndef HARNESS_EXPERIMENT_PATH_H
#define HARNESS_EXPERIMENT_PATH_H

#include <stdbool.h>

#include "harness/error.h"

/* What looks like a path is one (it has a slash or a dot); any other name is
 * that of NAME.yaml in experiments/, here or, where there is none, beside the
 * program's data.  The caller frees it.  NULL with an error that gives the
 * nearest name. */
char *experiment_path(const char *name, struct error *error);

/* Whether JSON can tell the path, as results do. */
bool path_is_utf8(const char *path);

#endif
