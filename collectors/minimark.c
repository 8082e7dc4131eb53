/* minimark: a copying nursery, and a mature generation with header marks.
 *
 * Stands for PyPy's minimark (rpython/memory/gc/minimark.py), the baseline of
 * the 2018 study: young objects are bump-allocated in 4 MiB; survivors of one
 * minor collection are copied into non-moving space and every reference to them
 * is rewritten; GCFLAG_VISITED is set in the header by the marking and cleared
 * by the sweep; GCFLAG_TRACK_YOUNG_PTRS in the header says that the object is
 * not remembered yet.  (In incminimark the marking sets that flag again; a
 * minor collection comes first here as there, so it is set already.)
 *
 * Departs from it: the mature space is the laboratory's (size classes to 8 KiB
 * instead of 280 bytes); objects too large for the nursery die in major
 * collections alone; no card marking of large arrays; forwarding is one word;
 * the references of new objects are cleared one by one, not the nursery. */
#include "heap/mark-header.h"

#include "heap/rewrite-promotion.h"
#include "heap/minimark.h"

GENERATIONAL_COLLECTOR("minimark", "PyPy minimark",
                       "a copying nursery, the mature mark in the header");

#include "workloads/all.h"
