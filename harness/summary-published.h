/* summary-published.h: what others published, beside a run's numbers
 * (published.h). */
#ifndef HARNESS_SUMMARY_PUBLISHED_H
#define HARNESS_SUMMARY_PUBLISHED_H

#include <jansson.h>
#include <stdio.h>

#include "harness/store.h"

/* Prints the table, and an empty line; nothing where the experiment names no
 * published numbers.  The caller releases the JSON, an array. */
void summary_published_print(const struct store *store, FILE *stream);
json_t *summary_published_json(const struct store *store);

#endif
