/* environment.h: the machine as it was when an invocation began, or when the
 * doctor came.
 *
 * What cannot be read is null with the reason beside it. */
#ifndef HARNESS_ENVIRONMENT_H
#define HARNESS_ENVIRONMENT_H

#include "harness/facts.h"
#include "harness/record.h"

/* The environment as results hold it; the caller releases it.  /proc and /sys
 * are read below `root`: "" is this machine, else a copy of another's. */
json_t *environment_json(const char *root);

/* Sets its memory and swap alone. */
void environment_memory(const struct facts *facts);

/* Reads the environment into the record, and warns of what findings.h finds
 * wrong with it and of too few invocations.  `load` is the load average from
 * before the run, which its own work has not raised yet; negative when unknown.
 */
void environment_read(struct record *record, double load);

#endif
