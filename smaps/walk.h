/* walk.h: the pagemap entries of one mapping, piece by piece. */
#ifndef SMAPS_WALK_H
#define SMAPS_WALK_H

#include "smaps/maps.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Entries in the buffer that the caller provides for walk_mapping. */
#define WALK_ENTRIES 8192u

/* From this size on a mapping is taken to be mostly empty. */
#define WALK_SPARSE_BYTES (UINT64_C(64) << 20)

/* Called for pieces of a mapping in address order; a value other than 0 stops
 * the walk and is returned by it. */
typedef int walk_visitor(const struct mapping *mapping, uint64_t address,
                         const uint64_t *entries, size_t count, void *context);

/* Whether the mapping is made of ordinary pages.  The kernel's own data pages,
 * [vvar] and [vsyscall], are not: they look like anonymous ones. */
bool walk_is_ordinary(const struct mapping *mapping);

/* Whether the mapping is a piece of address space of such a size set aside: not
 * readable, writable or executable. */
bool walk_is_reserved(const struct mapping *mapping);

/* Visits the pages of a mapping through an open pagemap.  In a sparse mapping
 * pages that are neither present nor in swap may be left out, but not where
 * they may be pages of a file that a private mapping has not touched yet.
 * Returns 0, the visitor's value, or a negative errno. */
int walk_mapping(int pagemap, const struct mapping *mapping, uint64_t *buffer,
                 walk_visitor *visit, void *context);

#endif
