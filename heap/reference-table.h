/* reference-table.h: references that are indices into a dense table of
 * addresses beside the heap.
 *
 * Entries that are not in use are chained inside the table; entry 0 is null's.
 * It is included after table_loaded(), which is called with each load, and
 * table_loads_visit(), which tells how many there were, or nothing. */
#ifndef HEAP_REFERENCE_TABLE_H
#define HEAP_REFERENCE_TABLE_H

#include "heap/frame.h"
#include "heap/heap.h"

/* An entry in use is an address; in a free one this bit is set, and the next
 * free entry's index stands above both flags. */
#define ENTRY_FREE ((uintptr_t)1)

/* Set while a minor collection runs: it has promoted the object. */
#define ENTRY_PROMOTED ((uintptr_t)2)

#define ENTRY_FLAG_BITS 2

static struct {
    uintptr_t *entries; /* at the region's start */
    uintptr_t free;     /* first entry of the chain, 0: none */
    uintptr_t fresh;    /* first entry that was never used */
    uintptr_t limit;    /* of what is committed */
    uintptr_t sealed;   /* entries below are not used again */
    struct region region;
} reference_table;

static inline struct object *ref_object(ref reference)
{
    table_loaded();
    return (struct object *)reference_table.entries[reference.bits];
}

#include "heap/access.h"

static void table_open(size_t objects)
{
    region_open(&reference_table.region, "table", "table",
                (objects + 1) * sizeof(uintptr_t));
    region_commit(&reference_table.region, sizeof(uintptr_t)); /* null's */
    reference_table.entries = (uintptr_t *)reference_table.region.start;
    reference_table.free = reference_table.limit = 0;
    reference_table.fresh = reference_table.sealed = 1;
}

static __attribute__((noinline)) void table_grow(void)
{
    region_commit(&reference_table.region,
                  (reference_table.fresh + 1) * sizeof(uintptr_t));
    reference_table.limit =
        reference_table.region.committed / sizeof(uintptr_t);
}

/* An entry for a new object. */
static inline uintptr_t table_take(const struct object *object)
{
    uintptr_t entry = reference_table.free;
    if (entry != 0) {
        reference_table.free =
            reference_table.entries[entry] >> ENTRY_FLAG_BITS;
    } else {
        if (__builtin_expect(reference_table.fresh >= reference_table.limit,
                             0)) {
            table_grow();
        }
        entry = reference_table.fresh++;
    }
    reference_table.entries[entry] = (uintptr_t)object;
    return entry;
}

/* Puts an entry before the chain of free ones. */
static inline void table_link(uintptr_t entry)
{
    uintptr_t link = reference_table.free << ENTRY_FLAG_BITS | ENTRY_FREE;
    if (reference_table.entries[entry] != link) {
        reference_table.entries[entry] = link;
    }
    reference_table.free = entry;
}

/* Frees an entry, unless it is sealed: then it stays lost. */
static inline void table_release(uintptr_t entry)
{
    if (entry >= reference_table.sealed) {
        table_link(entry);
    }
}

/* From here on only pages of entries are used that were not used yet. */
static void table_seal(void)
{
    const uintptr_t in_page = PAGE_BYTES / sizeof(uintptr_t);
    reference_table.free = 0;
    reference_table.fresh =
        (reference_table.fresh + in_page - 1) / in_page * in_page;
    reference_table.sealed = reference_table.fresh;
}

#endif
