/* result.h: the file of one invocation's result: written whole or not at all,
 * and read back. */
#ifndef HARNESS_RESULT_H
#define HARNESS_RESULT_H

#include <dirent.h>
#include <jansson.h>
#include <stdbool.h>

#include "harness/error.h"

/* Writes a result as DIRECTORY/NAME: a temporary file there, fsync, rename,
 * fsync of the directory.  On failure nothing is left behind. */
int result_write(const char *directory, const char *name, const json_t *result,
                 struct error *error);

/* Removes the temporary files that writers left in a directory who were killed.
 * A file that is being written is locked, and stays. */
int result_sweep(const char *directory, struct error *error);

/* Whether an entry of a directory is such a file, by its name, and whether it
 * is being written. */
int result_is_temporary(const struct dirent *entry);
bool result_is_locked(const char *path);

/* Reads a result of a schema that this version knows; the caller releases it.
 * NULL with an error that names the file when it cannot be read, is cut off or
 * no result. */
json_t *result_read(const char *path, struct error *error);

/* Whether an entry of a directory of results is one, by its name: it ends in
 * .json and begins with no dot. */
int result_is_file(const struct dirent *entry);

#endif
