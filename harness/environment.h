/* environment.h: the machine as it was when an invocation began.
 *
 * What cannot be read is null with the reason beside it. */
#ifndef HARNESS_ENVIRONMENT_H
#define HARNESS_ENVIRONMENT_H

#include "harness/record.h"

/* Reads the environment into the record, and warns of what makes the
 * measurement less than it could be.  `load` is the load average from before
 * the run, which its own work has not raised yet; negative when unknown. */
void environment_read(struct record *record, double load);

#endif
