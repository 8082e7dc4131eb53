/* mark-flip: mark-sweep with a header bit whose meaning flips.
 *
 * Stands for OCaml 5 and Lua; isolates one header write for each object and
 * collection from mark-header's two.  Departs from both: stop-the-world marking
 * with a stack instead of increments with grey objects. */
#include "heap/mark-flip.h"
#include "heap/mark-sweep-collector.h"

MARK_SWEEP_COLLECTOR("mark-flip", "OCaml 5 and Lua",
                     "mark-sweep, a header bit whose sense flips");

#include "workloads/all.h"
