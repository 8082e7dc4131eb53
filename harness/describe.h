/* describe.h: asks a program what it is. */
#ifndef HARNESS_DESCRIBE_H
#define HARNESS_DESCRIBE_H

#include "harness/error.h"

/* Runs `command` (NULL-terminated, at most 3 words) with `--describe` and
 * returns what it printed in `text`, which the caller frees.  Fails when the
 * program cannot be started, takes longer than 10 seconds, prints more than
 * 256 KiB or a NUL, or ends otherwise than with exit status 0; no process is
 * left. */
int describe(char *const command[], char **text, struct error *error);

#endif
