/* compare-published.h: `cowlab compare --published`: the results in a directory
 * beside what others published. */
#ifndef HARNESS_COMPARE_PUBLISHED_H
#define HARNESS_COMPARE_PUBLISHED_H

#include <stdbool.h>

#include "harness/error.h"

/* Prints the table, or JSON.  Needs the description that `cowlab run` left in
 * the directory; neither its experiment file nor its build of cowlab. */
enum exit_status compare_published(const char *directory, bool json);

#endif
