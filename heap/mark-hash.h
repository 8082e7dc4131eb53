/* mark-hash.h: the visited objects are entries of a hash table beside the heap.
 *
 * As in the 2018 patch, which put PyPy's AddressDict there: 16 bytes an entry
 * (the address and an unused value), open addressing with the perturbed probes
 * of a Python dict, doubled when two thirds are filled, made anew for each
 * collection and thrown away after its sweep.
 *
 * Tables of 2^k bytes start at offset 2^k of the region, so that the old and
 * the new table of a doubling never overlap. */
#ifndef HEAP_MARK_HASH_H
#define HEAP_MARK_HASH_H

#include "heap/heap.h"

#define MARK_OPTIONS

#define MARK_METADATA                                                          \
    {                                                                          \
        "mark", "side", 128, 0,                                                \
            "an entry for each object reached, in a hash table that lasts "    \
            "for one "                                                         \
            "collection"                                                       \
    }

enum { MARK_CLEARED_BY_SWEEP = false };

struct mark_entry {
    const struct object *object; /* NULL: empty */
    uintptr_t value;
};

#define MARK_TABLE_LEAST ((size_t)1 << 16) /* bytes */

static struct {
    struct region region;
    struct mark_entry *entries;
    size_t mask;  /* number of entries - 1 */
    size_t count; /* filled */
    size_t bytes; /* of the table at the end of the last collection */
} marks;

static void mark_open(void)
{
    /* At most one object a granule, 16 bytes an entry, at least half full
     * after a doubling, and as much again for the tables before it. */
    region_open(&marks.region, "marks", "mark", heap.objects.reserved * 4);
}

static void mark_close(void)
{
    region_close(&marks.region);
}

static void mark_each_region(region_visitor *visit, void *context)
{
    visit(&marks.region, context);
}

static void mark_table_start(size_t bytes)
{
    region_commit(&marks.region, 2 * bytes);
    marks.entries = (struct mark_entry *)(marks.region.start + bytes);
    marks.mask = bytes / sizeof(struct mark_entry) - 1;
    marks.count = 0;
}

/* Marks that lie among the objects. */
static void mark_each_extent(extent_visitor *visit, void *context)
{
    (void)visit;
    (void)context;
}

static inline unsigned mark_of_new(void)
{
    return 0;
}

static void mark_begin(void)
{
    mark_table_start(MARK_TABLE_LEAST);
}

static void mark_end(void)
{
    marks.bytes = (marks.mask + 1) * sizeof(struct mark_entry);
    region_discard(&marks.region, 0);
}

/* The entry of the object, or the empty one where it belongs. */
static inline struct mark_entry *mark_find(const struct object *object)
{
    size_t hash = (uintptr_t)object ^ (uintptr_t)object >> 4;
    size_t index = hash & marks.mask;
    size_t perturb = hash;
    while (marks.entries[index].object != object &&
           marks.entries[index].object != NULL) {
        index = (index * 5 + perturb + 1) & marks.mask;
        perturb >>= 5;
    }
    return &marks.entries[index];
}

static __attribute__((noinline)) void mark_table_double(void)
{
    const struct mark_entry *old = marks.entries;
    size_t old_count = marks.mask + 1;
    mark_table_start(2 * old_count * sizeof(struct mark_entry));
    for (size_t i = 0; i < old_count; i++) {
        if (old[i].object != NULL) {
            *mark_find(old[i].object) = old[i];
            marks.count++;
        }
    }
}

static inline bool mark_test_and_set(struct object *object)
{
    struct mark_entry *entry = mark_find(object);
    if (entry->object != NULL) {
        return true;
    }
    entry->object = object;
    marks.count++;
    if (marks.count * 3 >= marks.mask * 2) {
        mark_table_double();
    }
    return false;
}

static inline bool mark_sweep_keeps(struct object *object)
{
    return mark_find(object)->object != NULL;
}

/* Where the object's mark lies. */
static const void *mark_of(const struct object *object)
{
    (void)object; /* nowhere between two collections */
    return NULL;
}

#endif
