/* full-collections.h: when a heap without generations is marked and swept.
 *
 * Each collection is full and stops the mutator; a fork may come between the
 * marking and the sweep. */
#ifndef HEAP_FULL_COLLECTIONS_H
#define HEAP_FULL_COLLECTIONS_H

#include "heap/direct.h"

#include "heap/allocate.h"
#include "heap/mark-sweep.h"

enum { FORK_IN_QUIET, FORK_IN_MAJOR };

static int64_t option_fork_in = FORK_IN_QUIET;

#define MARK_SWEEP_OPTION_FORK_IN                                              \
    {                                                                          \
        "fork-in", &option_fork_in, 0, 1, "quiet|major", NULL,                 \
            "fork between collections, or when the template has marked and "   \
            "not swept"                                                        \
    }

static void mark_sweep_collect(enum collection_kind kind,
                               enum collection_why why)
{
    (void)kind; /* every collection of this family is full */
    uint64_t start = collection_begin(PHASE_MARK);
    mark_sweep_mark();
    mark_sweep_finish();
    collection_finish(COLLECTION_FULL, why, start);
}

static void heap_exhausted(void)
{
    collector.collect(COLLECTION_FULL, COLLECTION_THRESHOLD);
}

static void mark_sweep_prepare_gc(void)
{
    collector.collect(COLLECTION_FULL, COLLECTION_ASKED);
}

static void mark_sweep_before_fork(void)
{
    if (option_fork_in == FORK_IN_MAJOR && !sweep.pending) {
        mark_sweep_mark();
    }
}

#endif
