/* zygote-space.h: what was live at the first fork, packed and set apart.
 *
 * Live small objects are copied out of their cells, one behind the other, into
 * whole blocks at the end of the range of cells; no size class has these
 * blocks, so neither allocation nor the sweep ever comes there.  Large objects
 * stay where they are, below the seal.  The pages of the cells that were left
 * go back to the kernel.  Marks of all these objects are set once and for all.
 *
 * An object that is stored to later dirties its card; at each collection dirty
 * cards join the mod-union, whose objects are roots, and leave it again when
 * none of their references goes out of the space (ART's ModUnionTable). */
#ifndef HEAP_ZYGOTE_SPACE_H
#define HEAP_ZYGOTE_SPACE_H

#include "heap/card-objects.h"
#include "heap/direct.h"
#include "heap/extents.h"
#include "heap/trace.h"

enum { ORDER_ALLOCATION, ORDER_BREADTH_FIRST, ORDER_DEPTH_FIRST };

static int64_t option_order = ORDER_ALLOCATION;

static struct {
    char *start, *end;       /* of the packed objects; NULL: not packed yet */
    char *limit;             /* of their blocks */
    size_t large_pages;      /* below: the large objects of the space */
    struct region starts;    /* for each card, offset of the first start + 1 */
    struct region mod_union; /* a byte for each card */
    uint64_t packed_objects, packed_bytes;
} zygote;

static void zygote_open(void)
{
    zygote.start = zygote.end = zygote.limit = NULL;
    zygote.packed_objects = zygote.packed_bytes = zygote.large_pages = 0;
    region_open(&zygote.starts, "zygote-starts", "start",
                cards.region.reserved * sizeof(uint32_t));
    region_open(&zygote.mod_union, "mod-union", "mod-union",
                cards.region.reserved);
    region_commit(&zygote.starts, zygote.starts.reserved);
    region_commit(&zygote.mod_union, zygote.mod_union.reserved);
}

static inline bool zygote_holds_small(const void *address)
{
    return (const char *)address >= zygote.start &&
           (const char *)address < zygote.end;
}

/* Whether the object is never marked, swept or moved again. */
static inline bool zygote_is_immune(const struct object *object)
{
    return zygote_holds_small(object) ||
           (region_holds(&heap.large.region, object) &&
            large_page_of(&heap.large, object) < zygote.large_pages);
}

static size_t zygote_room(const struct object *object)
{
    return (object_bytes(object) + OBJECT_GRANULE - 1) / OBJECT_GRANULE *
           OBJECT_GRANULE;
}

static uint32_t *zygote_first_start(size_t card)
{
    return (uint32_t *)zygote.starts.start + card;
}

/* Copies a small object to the end of the space; its old header tells where
 * to. */
static struct object *zygote_copy(struct object *object)
{
    struct object *copy = (struct object *)zygote.end;
    size_t room = zygote_room(object);
    uint32_t *first = zygote_first_start(card_of(copy));
    memcpy(copy, object, object_bytes(object));
    copy->header |= HEADER_MARKED;
    object_forward(object, copy);
    if (*first == 0) {
        *first = (uint32_t)(zygote.end - card_start(card_of(copy))) + 1;
    }
    zygote.end += room;
    zygote.packed_objects++;
    zygote.packed_bytes += room;
    return copy;
}

/* The first visit copies or marks; the slot is rewritten on every one. */
static struct object *zygote_visit(ref *slot)
{
    struct object *object = ref_object(*slot);
    if (object == NULL || zygote_holds_small(object)) {
        return NULL;
    }
    if (region_holds(&heap.large.region, object)) {
        bool seen = object->header & HEADER_MARKED;
        object->header |= HEADER_MARKED;
        return seen ? NULL : object;
    }
    if (object->header & HEADER_FORWARDED) {
        *slot = object_ref(object_forwarded(object));
        return NULL;
    }
    struct object *copy = zygote_copy(object);
    *slot = object_ref(copy);
    return copy;
}

static void zygote_copy_extent(const void *start, size_t bytes,
                               const char *what, void *context)
{
    (void)bytes;
    (void)context;
    if (strcmp(what, EXTENT_OBJECT) == 0) {
        zygote_copy((struct object *)start);
    }
}

/* Visits what was copied or marked, first come first served. */
static void zygote_drain_breadth_first(void)
{
    size_t next = 0;
    struct object **queue = (struct object **)mark_stack.region.start;
    while (&queue[next] < mark_stack.top) {
        trace_object(queue[next++], zygote_visit);
    }
    mark_stack.top = queue;
}

/* Copies in address order, and then rewrites all references. */
static void zygote_copy_in_order(void)
{
    extents_of_cells(&heap.small, zygote_copy_extent, NULL);
    for (char *at = zygote.start; at < zygote.end;
         at += zygote_room((struct object *)at)) {
        trace_object((struct object *)at, zygote_visit);
    }
    trace_roots(zygote_visit);
    trace_drain(zygote_visit); /* large objects */
}

static void zygote_copy_reachable(void)
{
    trace_roots(zygote_visit);
    if (option_order == ORDER_DEPTH_FIRST) {
        trace_drain(zygote_visit);
    } else {
        zygote_drain_breadth_first();
    }
}

/* Whole blocks that no class has, for all live small objects. */
static void zygote_reserve(size_t bytes)
{
    struct cells *cells = &heap.small;
    size_t before = cells->block_count;
    cells->block_count +=
        (uint32_t)((bytes + cells->block_bytes - 1) / cells->block_bytes);
    region_commit(&cells->region, cells->block_count * cells->block_bytes);
    region_commit(&cells->table, cells->block_count * sizeof(struct block));
    zygote.start = zygote.end =
        cells->region.start + before * cells->block_bytes;
    zygote.limit =
        cells->region.start + (size_t)cells->block_count * cells->block_bytes;
}

static void zygote_empty_cells(void)
{
    struct cells *cells = &heap.small;
    uint32_t end = cells_block_of(cells, zygote.start);
    for (uint32_t i = 0; i < end; i++) {
        cells_block(cells, i)->cell_bytes = 0;
        cells_block(cells, i)->used = 0;
    }
    region_release(&cells->region, 0, (size_t)end * cells->block_bytes);
}

/* Packs what is live after a full collection whose sweep is done. */
static void zygote_pack(size_t in_use_bytes)
{
    cells_flush(&heap.small);
    zygote_reserve(in_use_bytes);
    if (option_order == ORDER_ALLOCATION) {
        zygote_copy_in_order();
    } else {
        zygote_copy_reachable();
    }
    mark_stack_release();
    zygote_empty_cells();
    heap_seal();
    zygote.large_pages = heap.large.sealed;
    cards_forget(); /* nothing leads out of the space yet */
}

/* Visits every object that starts in an immune card. */
static inline void zygote_each_start(size_t card,
                                     void (*visit)(struct object *object))
{
    char *end = card_start(card + 1);
    if (region_holds(&heap.large.region, card_start(card))) {
        size_t pages = zygote.large_pages;
        for (char *at = card_start(card); at < end; at += PAGE_BYTES) {
            size_t page = large_page_of(&heap.large, at);
            if ((uintptr_t)at % PAGE_BYTES == 0 && page < pages &&
                large_pages(&heap.large, page) != 0) {
                visit((struct object *)at);
            }
        }
        return;
    }
    uint32_t first = *zygote_first_start(card);
    char *at = first ? card_start(card) + first - 1 : end;
    while (at < end && at < zygote.end) {
        visit((struct object *)at);
        at += zygote_room((struct object *)at);
    }
}

static void zygote_join_mod_union(size_t card)
{
    zygote.mod_union.start[card] = 1;
}

static bool zygote_card_leads_out;
static slot_visitor *zygote_reach;

static void zygote_scan_object(struct object *object)
{
    size_t count;
    const ref *slots = object_references(object, &count);
    for (size_t i = 0; i < count; i++) {
        const struct object *target = ref_object(slots[i]);
        zygote_card_leads_out |= target != NULL && !zygote_is_immune(target);
    }
    trace_object(object, zygote_reach);
}

/* The last card may go on beyond the end. */
static void zygote_scan_cards(const char *start, const char *end)
{
    size_t first = card_of(start);
    size_t last = card_of(end - 1);
    if (start == end) {
        return;
    }
    cards_clean(first, last + 1, zygote_join_mod_union);
    for (size_t card = first; card <= last; card++) {
        if (zygote.mod_union.start[card]) {
            zygote_card_leads_out = false;
            zygote_each_start(card, zygote_scan_object);
            if (!zygote_card_leads_out) {
                zygote.mod_union.start[card] = 0;
            }
        }
    }
}

/* Reaches everything that stored-to objects of the space refer to. */
static void zygote_trace_roots(slot_visitor *visit)
{
    const char *large = heap.large.region.start;
    zygote_reach = visit;
    if (zygote.start != NULL) {
        zygote_scan_cards(zygote.start, zygote.limit);
        zygote_scan_cards(large, large + zygote.large_pages * PAGE_BYTES);
    }
}

static void zygote_each_extent(extent_visitor *visit, void *context)
{
    for (char *at = zygote.start; at < zygote.end;
         at += zygote_room((struct object *)at)) {
        extent_of_object((struct object *)at, visit, context);
    }
}

static void zygote_each_region(region_visitor *visit, void *context)
{
    visit(&cards.region, context);
    visit(&zygote.starts, context);
    visit(&zygote.mod_union, context);
}

static void zygote_close(void)
{
    cards_close();
    region_close(&zygote.starts);
    region_close(&zygote.mod_union);
}

#endif
