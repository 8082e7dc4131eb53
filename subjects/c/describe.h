/* describe.h: a collector program's account of itself. */
#ifndef SUBJECTS_C_DESCRIBE_H
#define SUBJECTS_C_DESCRIBE_H

/* Prints the lines of `--describe` (subjects/PROTOCOL.md) on stdout. */
void describe(void);

/* Prints the cold operations, one a line: name, tab, meaning. */
void describe_operations(void);

/* The name of an operation that the collector left out, or NULL: the table is
 * checked at the program's start. */
const char *operation_missing(void);

#endif
