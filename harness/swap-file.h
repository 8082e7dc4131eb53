/* swap-file.h: a file of swap that a run makes for itself.
 *
 * The kernel prefers it to other swap, which is left as it is. */
#ifndef HARNESS_SWAP_FILE_H
#define HARNESS_SWAP_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/error.h"

/* Where this process would have its file, in a directory; the caller frees it.
 */
char *swap_file_path(const char *directory);

/* Makes the file, of whole pages, and has the kernel use it.  On failure there
 * is no file. */
int swap_file_make(const char *path, uint64_t bytes, struct error *error);

/* Takes it out of use, for which all that is in it must find room in memory,
 * and removes it. */
int swap_file_remove(const char *path, struct error *error);

/* Whether a file of that size could be made in the directory now: there is
 * room, and a tiny one works. */
int swap_file_try(const char *directory, uint64_t bytes, struct error *error);

/* Whether a file, by its name, is one of a process that is gone. */
bool swap_file_is_left(const char *path);

/* Removes what dead processes left: swap in use anywhere, and files in the
 * directory. */
void swap_file_sweep(const char *directory);

#endif
