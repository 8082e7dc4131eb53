/* blame-name.h: what a write to an inherited page was, in the words of the
 * field: a finer phase, a kind of metadata or of payload, and its placement.
 *
 * A function of what was known at the write alone, without a process. */
#ifndef HARNESS_BLAME_NAME_H
#define HARNESS_BLAME_NAME_H

#include "harness/subject.h"

/* What lies at an address, as `describe` says (subjects/PROTOCOL.md); all NULL
 * when nobody could tell. */
struct blame_place {
    const char *kind, *placement, *object_kind;
};

struct blame_name {
    const char *phase, *kind, *placement, *object_kind;
};

/* Names the write of a subject's worker in a phase, to a place that held `then`
 * at the fork and holds `now` at the end.
 *
 *   phase    that of the worker's own log; a request is `allocation` where it
 *            filled free memory or the allocator's tables, `barrier` where it
 *            wrote what remembers old objects, `refcount` where it wrote a
 *            count or the links between counted objects; a minor collection is
 *            `promote` where it filled free memory
 *   kind     `new-object` in free memory that holds an object now, `free-link`
 *            where an object died; in a header, and in entries of a table that
 *            hold a mark beside other things, the kind of metadata that the
 *            subject declares there and writes in such a phase; else what lay
 *            there
 *
 * All strings are borrowed from the arguments or static. */
struct blame_name blame_name(const struct subject *subject, const char *phase,
                             struct blame_place then, struct blame_place now);

#endif
