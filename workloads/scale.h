/* scale.h: the size of a template, as one parameter of every workload.
 *
 * A workload states how many objects of each sort its template has at scale
 * 1000, which is what was published, or else some 32 to 64 MiB on mark-side
 * (the classic trees at their default depth have 0.25 and 4 MiB), and asks
 * scaled() for how many there are to be: 20 for a test, 100 000 for several
 * GiB.  What a request does, how many requests and workers there are, and the
 * sizes of single objects do not depend on it; but a request of constant-caches
 * calls a share of all methods.
 *
 * Lists that grow with the scale are long lists (long-list.h), since an object
 * has at most OBJECT_MAX_COUNT references.  References to objects have no limit
 * of their own: an address or an index into a table, either is a word.  What
 * limits the scale is `reserve`, the address space of a collector's spaces, 64
 * GiB for small objects unless it is asked for more: a template that needs more
 * ends with a message that says so.  Address space costs nothing where the
 * kernel does not account it (vm.overcommit_memory other than 2), so that
 * option.reserve=1099511627776 may be given at any scale.  Memory in use grows
 * to 1.82 times what lives (option growth) before a collection, and one that
 * copies needs room for the copies beside it: read-mostly at scale 100000 has
 * 4.9 GiB of objects, and mark-side needed 9.0 GiB while it loaded,
 * handles 10.0 and check 13.4. */
#ifndef WORKLOADS_SCALE_H
#define WORKLOADS_SCALE_H

#include "heap/parameter.h"

#define SCALE_DEFAULT 1000

/* The row of a workload's parameters: what it builds at scale 1000, and of how
 * many MiB that is on nogc, with the other parameters at their defaults. */
#define SCALE_PARAMETER(value, objects, mebibytes)                             \
    {                                                                          \
        "scale", value, 1, 1000000, NULL, "permille",                          \
            "size of what is built in the template: 1000 is " objects          \
            ", about " mebibytes " MiB by default"                             \
    }

/* What a workload has of its size as a part of another one (mixed.h). */
static struct {
    uint64_t part, of;
} scale_share = {1, 1};

/* So many of `count`, rounded, and at least one. */
static inline uint64_t scaled(uint64_t count, int64_t scale)
{
    unsigned __int128 share =
        (unsigned __int128)count * (uint64_t)scale * scale_share.part;
    uint64_t whole = SCALE_DEFAULT * scale_share.of;
    uint64_t objects = (uint64_t)((share + whole / 2) / whole);
    return objects > 0 ? objects : 1;
}

#endif
