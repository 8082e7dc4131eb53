/* nursery.h: a young space of fixed size, emptied when it is full.
 *
 * Larger objects are old from birth, in the shared heap.  A worker goes on in
 * the template's nursery, or in a second one that the template never touched;
 * what is still young at the fork then stays behind until the worker's first
 * minor collection. */
#ifndef HEAP_NURSERY_H
#define HEAP_NURSERY_H

#include "heap/parameter.h"
#include "heap/young-space.h"

enum { NURSERY_KEEP, NURSERY_FRESH };
enum { FORK_IN_QUIET, FORK_IN_MINOR, FORK_IN_MAJOR };

static int64_t option_nursery = INT64_C(4) << 20;
static int64_t option_nursery_after_fork = NURSERY_KEEP;
static int64_t option_fork_in = FORK_IN_QUIET;

#define NURSERY_OPTIONS                                                        \
    {"nursery",                                                                \
     &option_nursery,                                                          \
     4096,                                                                     \
     INT64_C(1) << 30,                                                         \
     NULL,                                                                     \
     "bytes",                                                                  \
     "size of the nursery, in whole pages; objects above an eighth of it, or " \
     "above 132 KiB, are old from birth"},                                     \
    {                                                                          \
        "nursery-after-fork", &option_nursery_after_fork, 0, 1, "keep|fresh",  \
            NULL,                                                              \
            "a worker goes on in the template's nursery, or in one that it "   \
            "did not inherit"                                                  \
    }

/* PyPy's limit, (16384 + 512) words. */
#define NURSERY_MOST ((size_t)135168)

static size_t nursery_bytes(void)
{
    return ((size_t)option_nursery + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
}

static void nursery_set_most(void)
{
    size_t most = nursery_bytes() / 8;
    young.most = most < NURSERY_MOST ? most : NURSERY_MOST;
}

static void nursery_open(void)
{
    size_t bytes = nursery_bytes();
    bool two = option_nursery_after_fork == NURSERY_FRESH;
    region_open(&young.region, "nursery", REGION_OBJECTS, bytes << two);
    region_commit(&young.region, bytes << two);
    young.next = young.start = young.high = young.left = young.region.start;
    young.end = young.start + bytes;
    nursery_set_most();
}

/* The next object, of whatever size, finds no room. */
static void nursery_close_full(void)
{
    young.end = young.next;
}

/* All objects are old from birth. */
static inline void nursery_shut(void)
{
    nursery_close_full();
    young.most = 0;
}

/* The next object empties the nursery, and finds room there. */
static inline void nursery_unshut(void)
{
    nursery_close_full();
    nursery_set_most();
}

/* Everything young was copied out. */
static void nursery_reset(void)
{
    young_reset();
    young.end = young.start + (young.most > 0 ? nursery_bytes() : 0);
}

static void nursery_after_fork(void)
{
    bool full = young.end == young.next;
    if (option_nursery_after_fork == NURSERY_KEEP ||
        young.start != young.region.start) {
        return;
    }
    young.left = young.next;
    young.start += nursery_bytes();
    young.next = young.high = young.start;
    young.end = full ? young.next : young.start + nursery_bytes();
}

#endif
