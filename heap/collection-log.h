/* collection-log.h: the collections that happened since they were last asked
 * for: kind, start, duration, and why.
 *
 * A fixed array: what the harness reads after each command, without an
 * allocation in the process being measured. */
#ifndef HEAP_COLLECTION_LOG_H
#define HEAP_COLLECTION_LOG_H

#include "heap/phase-log.h"

#include <stddef.h>
#include <stdint.h>

enum collection_kind { COLLECTION_MINOR, COLLECTION_FULL };
enum collection_why { COLLECTION_ASKED, COLLECTION_THRESHOLD };

struct collection {
    enum collection_kind kind;
    enum collection_why why;
    uint64_t start_ns; /* CLOCK_MONOTONIC */
    uint64_t duration_ns;
};

#define COLLECTION_LOG_LENGTH 64

struct collection_log {
    size_t count; /* entries that are filled */
    size_t more;  /* collections that found it full */
    struct collection entries[COLLECTION_LOG_LENGTH];
    enum phase before; /* what the collection under way interrupted */
    /* Called after each collection, or NULL. */
    void (*finished)(enum collection_kind kind);
};

extern struct collection_log collection_log;

/* CLOCK_MONOTONIC in nanoseconds. */
uint64_t clock_now(void);

/* Enters a collection by its first phase.  Returns the time. */
uint64_t collection_begin(enum phase phase);

/* Logs a collection that began at `start` and ends now, and enters the phase
 * that it interrupted. */
void collection_finish(enum collection_kind kind, enum collection_why why,
                       uint64_t start);

#endif
