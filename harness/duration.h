/* duration.h: a length of time on the command line, such as 500ms or 1.5s. */
#ifndef HARNESS_DURATION_H
#define HARNESS_DURATION_H

#include <stdint.h>

/* Reads a number and a unit: ms, s, min or h; a number alone is in seconds.
 * Returns 0 and the nanoseconds, at least 1 ms and at most a year, or -1. */
int duration_parse(const char *text, uint64_t *ns);

#endif
