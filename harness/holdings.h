/* holdings.h: what a directory of results holds, told by the directory alone:
 * the description of its experiment, and every result that is there.
 *
 * It asks for no catalogue, so that results may be looked at where nothing of
 * what they were made with is left, and it takes in everything, also what a
 * run would refuse to go on with. */
#ifndef HARNESS_HOLDINGS_H
#define HARNESS_HOLDINGS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "harness/error.h"
#include "harness/store.h"

enum { HOLDING_OF_NONE = -1 };

struct holding {    /* one file */
    char *file;     /* its name in the directory */
    json_t *json;   /* the result, of its workers the checksums alone; NULL: it
                     * is none */
    char *fault;    /* why it is none, with the path; else NULL */
    int cell;       /* which of the description's; HOLDING_OF_NONE: of none */
    int invocation; /* from 1; HOLDING_OF_NONE: not one of the description's */
    bool valid;
};

struct holdings {
    char *directory;
    json_t *description; /* NULL: there is none */
    json_t *cells;       /* of it, borrowed; empty without one */
    size_t cell_count;
    unsigned invocations;
    struct holding *items; /* by file name */
    size_t count;
    int *places; /* by cell, then invocation: which item, or none */
};

/* Reads a directory.  Fails when it cannot be read, or when its description
 * cannot.  Free with holdings_close, also after a failure. */
int holdings_open(struct holdings *holdings, const char *directory,
                  struct error *error);
void holdings_close(struct holdings *holdings);

/* The result of an invocation (from 1) of a cell, the first where there are
 * several; NULL if there is none. */
const struct holding *holdings_find(const struct holdings *holdings,
                                    size_t cell, unsigned invocation);

/* How far an invocation is; a file that is no result has failed. */
enum state holdings_state(const struct holdings *holdings, size_t cell,
                          unsigned invocation);

/* Whether a run is writing there now. */
bool holdings_in_use(const struct holdings *holdings);

/* The first item under a key, where `seen` (an object, empty at first) keeps
 * which it is: the item of that index itself if it is the first. */
const struct holding *holdings_first(const struct holdings *holdings,
                                     json_t *seen, const char *key,
                                     size_t index);

/* A text of a result or cell, by two keys (the second may be NULL); "" if it is
 * not there. */
const char *holdings_text(const json_t *json, const char *first,
                          const char *second);

#endif
