/* table-promotion.h: promotion with references that go through a table.
 *
 * To promote an object is to change its entry: no referrer is written.  The
 * entries of young objects are in a list, so that a minor collection frees
 * those of the dead without a look at the whole table; the entries of dead old
 * objects are freed after each marking, eagerly even where the sweep is lazy.
 *
 * It is included after a placement whose mark_sweep_keeps() only reads. */
#ifndef HEAP_TABLE_PROMOTION_H
#define HEAP_TABLE_PROMOTION_H

#include "heap/address-list.h"
#include "heap/reference-table.h"

#include "heap/minor.h"

#define PROMOTION_METADATA                                                     \
    {"table", "side", 64, 0,                                                   \
     "an entry when its object is made, promoted, or found dead"},             \
    {                                                                          \
        "young-list", "side", 64, 0, "when a young object is made"             \
    }

_Static_assert(!MARK_CLEARED_BY_SWEEP, "marks can be read again and again");

static struct address_list young_entries;

static void promotion_open(size_t young_bytes)
{
    size_t objects = young_bytes / OBJECT_GRANULE;
    table_open(heap.objects.reserved / OBJECT_GRANULE + objects);
    address_list_open(&young_entries, "young-entries", "young-list", objects);
}

static void promotion_close(void)
{
    region_close(&young_entries.region);
    region_close(&reference_table.region);
}

static void promotion_each_region(region_visitor *visit, void *context)
{
    visit(&reference_table.region, context);
    visit(&young_entries.region, context);
}

static inline ref ref_of_old(struct object *object)
{
    return (ref){table_take(object)};
}

static inline ref ref_of_young(struct object *object)
{
    uintptr_t entry = table_take(object);
    address_list_add(&young_entries, entry);
    return (ref){entry};
}

static inline void young_has_buffer(const struct object *object)
{
    (void)object; /* its entry is in the list */
}

static inline bool slot_is_young(const ref *slot)
{
    uintptr_t entry = reference_table.entries[slot->bits];
    return young_holds((void *)entry) || entry & ENTRY_PROMOTED;
}

static inline struct object *slot_promote(ref *slot)
{
    uintptr_t *entry = &reference_table.entries[slot->bits];
    const struct object *object = (struct object *)*entry;
    if (!young_holds(object)) {
        return NULL;
    }
    struct object *copy = promote(object);
    *entry = (uintptr_t)copy | ENTRY_PROMOTED;
    return object_has_references(copy) ? copy : NULL;
}

static inline void slot_found(const ref *slot)
{
    (void)slot; /* it is not rewritten */
}

/* Frees the entries of the young objects that died, and what these had outside
 * the young space. */
static void promotion_ended(void)
{
    while (young_entries.end > address_list_start(&young_entries)) {
        uintptr_t entry = *--young_entries.end;
        uintptr_t *address = &reference_table.entries[entry];
        if (*address & ENTRY_PROMOTED) {
            *address &= ~ENTRY_PROMOTED;
        } else {
            heap_release_buffer((struct object *)*address);
            table_release(entry);
        }
    }
}

/* Chains the entries of what was not marked with the free ones, lowest
 * first. */
static void promotion_marked(void)
{
    reference_table.free = 0;
    for (uintptr_t entry = reference_table.fresh;
         entry-- > reference_table.sealed;) {
        uintptr_t address = reference_table.entries[entry];
        if (address & ENTRY_FREE ||
            !mark_sweep_keeps((struct object *)address)) {
            table_link(entry);
        }
    }
}

static void promotion_after_fork(void)
{
    if (option_after_fork == AFTER_FORK_FRESH) {
        table_seal();
    }
}

static void promotion_counters(number_visitor *visit, void *context)
{
    visit("avoided_rewrites", minor.found_references, context);
    table_loads_visit(visit, context);
}

#endif
