/* writes.h: which phases wrote each page of a worker, as it told
 * (subjects/PROTOCOL.md). */
#ifndef HARNESS_WRITES_H
#define HARNESS_WRITES_H

#include <stddef.h>
#include <stdint.h>

#include "harness/message.h"

/* Sets of phases that one subject may tell of. */
#define WRITERS_MOST 512u

/* Pages in a row with the same writers. */
struct writes_run {
    uint64_t start, end;
    const char *writers; /* PHASE,PHASE...: the first one wrote first */
};

/* Starts as all zero. */
struct writes {
    struct writes_run *items; /* in address order */
    size_t count, capacity;
    char **writers; /* each set once */
    size_t writer_count;
    uint64_t ns;   /* that watching took */
    uint64_t more; /* where to ask on; 0: nowhere */
};

/* Adds those of an answer.  Returns 0, or -1 when it is not of the form
 * ns=N START-END=PHASE,PHASE... [more=ADDRESS], or not in address order. */
int writes_add(struct writes *writes, const struct message *message);

void writes_clear(struct writes *writes);

#endif
