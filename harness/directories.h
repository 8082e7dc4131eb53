/* directories.h: the directories of results that a verb is about. */
#ifndef HARNESS_DIRECTORIES_H
#define HARNESS_DIRECTORIES_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/error.h"

struct directories { /* starts as all zero */
    char **items;
    size_t count;
    bool given; /* on the command line */
};

/* Adds one of the command line. */
void directories_add(struct directories *directories, const char *directory);

/* If none was given, takes all below results/ that have the description of an
 * experiment, by name.  Without any, says so on stderr; returns an exit status.
 */
enum exit_status directories_find(struct directories *directories);
void directories_free(struct directories *directories);

#endif
