/* describe-address.h: what lies at an address of the heap.
 *
 * An index over each_extent, in address order; regions that hold metadata alone
 * say themselves what they hold. */
#ifndef SUBJECTS_C_DESCRIBE_ADDRESS_H
#define SUBJECTS_C_DESCRIBE_ADDRESS_H

#include "collectors/collector.h"
#include "heap/object.h"

#include <stdbool.h>

struct extent {
    uintptr_t start;
    size_t bytes;
    const char *what; /* EXTENT_..., or a kind of metadata */
    uint64_t header;  /* of an object, as it was when it was indexed */
};

struct extents {
    struct extent *items; /* in address order; in a mapping of their own */
    size_t count;
};

/* Indexes the heap as it lies now; no byte of it is written.  Lack of memory
 * ends the program with a message. */
void extents_open(struct extents *extents);
void extents_close(struct extents *extents);

/* The extent that holds the address, in its last granule's rest too, or NULL.
 */
const struct extent *extents_find(const struct extents *extents,
                                  uintptr_t address);

static inline bool extent_is(const struct extent *extent, const char *what)
{
    return extent != NULL && strcmp(extent->what, what) == 0;
}

/* Whether the extent is metadata kept among the objects. */
static inline bool extent_is_metadata(const struct extent *extent)
{
    return extent != NULL && !extent_is(extent, EXTENT_OBJECT) &&
           !extent_is(extent, EXTENT_BUFFER) && !extent_is(extent, EXTENT_FREE);
}

/* Where the references of an object or a buffer begin in it, and end. */
static inline size_t extent_references(const struct extent *extent,
                                       size_t *begin)
{
    *begin = extent_is(extent, EXTENT_BUFFER) ? 0 : HEADER_BYTES;
    return extent_is(extent, EXTENT_BUFFER)
               ? extent->bytes
               : *begin + header_references(extent->header) * sizeof(ref);
}

/* What `describe` of subjects/PROTOCOL.md answers for one address. */
struct address_description {
    const char *kind;
    const char *placement;
    int object_kind; /* as the workload numbers them; -1: not in an object */
};

struct address_description describe_address(const struct extents *extents,
                                            uintptr_t address);

#endif
