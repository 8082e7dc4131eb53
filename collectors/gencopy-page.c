/* gencopy-page: gencopy, and the kernel tells which pages were stored to.
 *
 * Stands for what SBCL's gencgc did until 2.2 (mprotect and SIGSEGV), MPS's
 * shield, bdwgc's virtual dirty bits (mprotect, soft-dirty, userfaultfd), and,
 * with remember = exclusive, for a worker whose inherited heap is watched by
 * copy-on-write alone.  A store is a store and nothing else; the first one to a
 * page that is armed is dear.
 *
 * Departs from SBCL: a large object is watched by pages like all else; objects
 * move in full collections, and then the worker's pages are its own, so that
 * remember = exclusive is told of all of them from there on.  A written page of
 * a buffer whose young owner is dead keeps what it refers to until the next
 * collection. */
#include "heap/rewrite-promotion.h"

#include "heap/remember-page.h"

#include "heap/gencopy.h"

GENERATIONAL_COLLECTOR("gencopy-page",
                       "SBCL gencgc with mprotect, MPS, bdwgc's dirty bits",
                       "gencopy, and the kernel tells which pages are stored "
                       "to");

#include "workloads/all.h"
