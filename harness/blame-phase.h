/* blame-phase.h: what a runtime that tells no phases was probably doing when
 * one of its functions wrote: inferred from the function's name.
 *
 * The words are those of the phases that subjects tell and blame-name.h makes
 * finer: collect, mark, sweep, compact, barrier, allocation, which is the
 * allocator, freeing too, and refcount, which is counts, the links of counted
 * objects, and what becomes of one whose count is 0.  It is the function that
 * is known, not who called it: what a collection has others do, such as free an
 * object, is not told from the same without one. */
#ifndef HARNESS_BLAME_PHASE_H
#define HARNESS_BLAME_PHASE_H

#include "harness/blame-site.h"

/* The phase that a function belongs to, by its names, innermost first, and the
 * file that it is in; one that is inlined into a collector's belongs to the
 * collection.  NULL: nothing is known of it.  Static. */
const char *blame_phase_of(const struct symbol *symbol);

/* The same of who wrote, or else of whoever that wrote for. */
const char *blame_phase(const struct blame_site *site);

#endif
