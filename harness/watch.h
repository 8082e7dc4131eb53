/* watch.h: what `cowlab watch` shows of one look at a server. */
#ifndef HARNESS_WATCH_H
#define HARNESS_WATCH_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "smaps/group.h"

/* When the next look comes, and what looking costs. */
struct watch_pace {
    uint64_t interval_ns; /* as asked for */
    uint64_t next_ns;     /* from this look's beginning to the next's */
    double limit;         /* part of the time that reading may take */
    double duty;          /* part that it has taken so far; -1: first look */
};

/* Prints a table; at most `rows` lines and `columns` characters of each, 0 for
 * as many as there are. */
void watch_table(const struct group *group, const struct watch_pace *pace,
                 FILE *stream, unsigned rows, unsigned columns);

/* The look as JSON of the schema results/schema/watch.json; the caller releases
 * it. */
json_t *watch_json(const struct group *group, const struct watch_pace *pace);

/* What whoever was older than the watch, or has no parent here, is compared
 * with, for a reader of numbers. */
extern const char watch_older_why[];

#endif
