/* description.h: what an experiment is, all files and changes taken together,
 * as it stands in its directory of results: experiment.description, which is
 * JSON of the schema results/schema/description.json.  The files that end in
 * .json are left to the results.
 *
 * It tells whoever has the directory alone which invocations there should be,
 * and a later run what the results were made of. */
#ifndef HARNESS_DESCRIPTION_H
#define HARNESS_DESCRIPTION_H

#include <jansson.h>
#include <stdbool.h>

#include "harness/error.h"
#include "harness/experiment.h"

#define DESCRIPTION_FILE "experiment.description"

/* The caller releases it. */
json_t *description_json(const struct experiment *experiment);

/* Reads the description in a directory; the caller releases it.  NULL without
 * an error text when there is none, with one when it is no description. */
json_t *description_read(const char *directory, struct error *error);
int description_write(const char *directory, const json_t *description,
                      struct error *error);

/* In what two descriptions differ so that results of the one are none of the
 * other's: a line for each difference, or NULL when there is none.  The number
 * of invocations may grow, a file may be moved or commented, what others have
 * published may be added, and a runtime may be installed or removed whose cells
 * are optional.  The caller frees it. */
char *description_difference(const json_t *theirs, const json_t *ours);

#endif
