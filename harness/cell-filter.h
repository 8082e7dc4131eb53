/* cell-filter.h: which cells of an experiment, and which of their invocations,
 * a command is about.
 *
 * A filter is written KEY=VALUE,KEY=VALUE... and takes what all of it is true
 * of: `collector=mark-side,workers=8`.  A value may be one of several, with a
 * bar between them (`workers=2|8`), and a key that comes again adds to its
 * values (`workers=2,workers=8` is the same), so that an option given several
 * times may be joined with commas.
 *
 * KEY                    what VALUE is held against
 *   collector, subject   the name of the subject, and its label; these two keys
 *                        are one
 *   workload             the name of the workload, and its label
 *   prepare              the prepare steps, gc,freeze, and the empty text where
 *                        there is none
 *   cell                 the id
 *   arrivals             closed, constant or poisson
 *   invocation           the number, from 1
 *   workers, bursts,     these numbers of the cell, named as in an experiment
 *   requests-per-burst,  file; that of arrivals is called requests-per-second
 *   collections-first
 *   NAME                 the value of the option or parameter NAME, defaults
 *                        included; a cell that has no such setting is not taken
 *   option.NAME,         the same, where NAME is both, or a word from above
 *   parameter.NAME
 *
 * VALUE is the text itself or a glob for it as in fnmatch(3) (`mark-*`); of a
 * number also another way to write it: 08, or 64 KiB.  A comma ends a value
 * where KEY= follows, and belongs to it elsewhere (prepare=gc,freeze); a bar in
 * a label is written as ?. */
#ifndef HARNESS_CELL_FILTER_H
#define HARNESS_CELL_FILTER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "harness/error.h"

struct cell_term { /* one key: any of the values */
    char *key;
    char **values;
    size_t count;
};

struct cell_filter { /* all of the terms */
    struct cell_term *terms;
    size_t count;
};

/* Reads a filter for an array of cells as they stand in results (or as made by
 * cells_json), with up to that many invocations each.  Refuses what is no
 * KEY=VALUE, a key that none of the cells has, a value that none of them has
 * under its key, and a filter of which no cell meets all terms.  The error
 * names the word and the nearest known one, or all.  Free with
 * cell_filter_close; after a failure there is nothing to free. */
int cell_filter_open(struct cell_filter *filter, const char *text,
                     const json_t *cells, unsigned invocations,
                     struct error *error);

/* Reads it without asking for what there is: refuses what is no KEY=VALUE. */
int cell_filter_read(struct cell_filter *filter, const char *text,
                     struct error *error);
void cell_filter_close(struct cell_filter *filter);

/* Whether an invocation (from 1) of a cell is meant; with 0, whether any
 * invocation of the cell may be. */
bool cell_filter_takes(const struct cell_filter *filter, const json_t *cell,
                       unsigned invocation);

#endif
