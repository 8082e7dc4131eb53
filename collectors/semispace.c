/* semispace: two spaces, and what lives is copied from one into the other.
 *
 * Stands for Cheney's collector as Erlang's process heaps, MMTk's SemiSpace and
 * Whippet's semi have it: bump allocation, a forwarding address in the header
 * that was left, and the left space given back as a whole.  Every collection of
 * a worker moves all small objects out of the pages that it inherited, and
 * writes their old headers on its way.
 *
 * Departs from Erlang: no old generation, one heap for a process of the
 * operating system. */
#include "heap/semispace.h"

#include "heap/bump-allocate.h"
#include "heap/nothing.h"
#include "heap/plain-store.h"
#include "heap/verify.h"

static inline void *bump_take(size_t bytes)
{
    return copy_space_take(&semispace.active, bytes);
}

static inline void semispace_placed(const void *place, size_t bytes)
{
    (void)place;
    (void)bytes;
}

static void semispace_collect(enum collection_kind kind,
                              enum collection_why why)
{
    (void)kind; /* every collection is full */
    uint64_t start = collection_begin(PHASE_MARK);
    semispace_copy();
    collection_finish(COLLECTION_FULL, why, start);
}

static void heap_exhausted(void)
{
    semispace_collect(COLLECTION_FULL, COLLECTION_THRESHOLD);
}

static void semispace_prepare_gc(void)
{
    semispace_collect(COLLECTION_FULL, COLLECTION_ASKED);
}

static const struct metadata metadata[] = {
    SEMISPACE_METADATA,
    UNMOVED_METADATA,
};

static const struct parameter options[] = {
    SEMISPACE_OPTIONS,
};

static const struct prepare_step prepare[] = {
    {"gc", "a full collection", semispace_prepare_gc},
};

const struct collector collector = {
    .name = "semispace",
    .about = "Cheney: what lives is copied into the other of two spaces",
    .stands_for = "Erlang process heaps, MMTk SemiSpace",
    COLLECTOR_DATA,
    .open = semispace_open,
    .close = semispace_close,
    .collect = semispace_collect,
    .before_fork = nothing_before_fork,
    .after_fork = semispace_after_fork,
    .request_begin = nothing_at_request,
    .request_end = nothing_at_request,
    .each_region = semispace_each_region,
    .each_extent = semispace_each_extent,
    .mark_of = unmoved_mark_of,
    .is_pinned = nothing_is_pinned,
    .counters = semispace_counters,
    .verify = heap_verify,
};

#include "workloads/all.h"
