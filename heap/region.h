/* region.h: a reserved range of addresses that memory is committed into from
 * its start on.
 *
 * The whole range is reserved without access at region_open and becomes
 * readable and writable step by step, so that /proc shows what is in use and
 * no more.  Guard pages on both sides keep the kernel from merging one region's
 * mapping with its neighbour's: pages can be told apart by address and by
 * mapping.  The memory never becomes a transparent huge page, because then one
 * write would break 2 MiB and the kernel's account of single pages would be an
 * approximation. */
#ifndef HEAP_REGION_H
#define HEAP_REGION_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define PAGE_BYTES     ((size_t)4096)
#define REGION_GUARD   ((size_t)65536)
#define REGION_ALIGNED ((size_t)65536) /* every region starts at a multiple */

/* What a region holds when it is not the one kind of metadata that it names. */
#define REGION_OBJECTS "object"

/* What a space reserves unless the option `reserve` says something else: more
 * than most machines have.  Tables that are indexed by address are committed
 * for all of it, and cost what is touched; but a kernel that does not
 * overcommit (vm.overcommit_memory=2) and a limit of data (ulimit -d) count
 * them whole. */
#define RESERVE_DEFAULT (INT64_C(64) << 30)

struct region {
    const char *name;
    const char *holds; /* REGION_OBJECTS, or the kind of metadata */
    char *start;
    size_t reserved;  /* bytes of address space */
    size_t committed; /* bytes from start that may be touched */
    void *mapping;    /* what was mapped, guards included; NULL for a part */
};

/* Reserves `bytes` (rounded up to REGION_ALIGNED) and commits nothing.  A
 * region that cannot be reserved ends the program with a message. */
void region_open(struct region *region, const char *name, const char *holds,
                 size_t bytes);

/* A region inside another, reserved one, from `offset` (a multiple of
 * REGION_ALIGNED) on; its last REGION_GUARD bytes stay without access.  Closed
 * with the whole. */
void region_part(struct region *part, const struct region *whole,
                 const char *name, size_t offset, size_t bytes);

/* Makes the first `bytes` usable; they read as zero until written.  Growing
 * beyond the reserved size ends the program with a message that names the
 * option to raise. */
void region_commit(struct region *region, size_t bytes);

/* Gives the memory of `bytes` from `offset`, both multiples of PAGE_BYTES, back
 * to the kernel; it stays committed and reads as zero again. */
void region_release(struct region *region, size_t offset, size_t bytes);

/* The same from `offset` to the committed end. */
void region_discard(struct region *region, size_t offset);

void region_close(struct region *region);

/* Whether the region holds metadata alone. */
static inline int region_is_side(const struct region *region)
{
    return strcmp(region->holds, REGION_OBJECTS) != 0;
}

static inline int region_holds(const struct region *region, const void *address)
{
    return (uintptr_t)address - (uintptr_t)region->start < region->committed;
}

#endif
