/* summary-events.h: the summary's table of the events that the kernel counted.
 */
#ifndef HARNESS_SUMMARY_EVENTS_H
#define HARNESS_SUMMARY_EVENTS_H

#include <jansson.h>
#include <stdio.h>

#include "harness/store.h"

/* Prints a table of the cells from `first` to before `end`: events of one
 * worker, medians over the valid invocations, with what is to be known of them
 * below it.  Prints nothing where the experiment names no counters. */
void summary_events_print(const struct store *store, size_t first, size_t end,
                          FILE *stream);

/* The same of one cell, by the events' names. */
json_t *summary_events_json(const struct store *store, size_t cell);

#endif
