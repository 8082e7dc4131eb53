/* unmoved.h: what lies outside a contiguous space: large objects, and the
 * buffers of buffered objects.
 *
 * They lie in the spaces that the non-moving collectors have for them.  A large
 * object's mark is in its run's number, cleared by the sweep.  Buffers die with
 * their objects, and such a space is collected without a visit to its dead: so
 * its buffered objects are listed. */
#ifndef HEAP_UNMOVED_H
#define HEAP_UNMOVED_H

#include "heap/address-list.h"
#include "heap/budget.h"
#include "heap/buffered.h"
#include "heap/extents.h"
#include "heap/heap.h"

#define UNMOVED_OPTION_RESERVE                                                 \
    {                                                                          \
        "reserve", &option_reserve, INT64_C(1) << 24, INT64_C(1) << 40, NULL,  \
            "bytes",                                                           \
            "address space for each space of small objects, for large "        \
            "objects, and for the buffers of either"                           \
    }

#define UNMOVED_METADATA                                                       \
    UNMOVED_SIDE_METADATA,                                                     \
    {                                                                          \
        "free-link", "body", 64, 0, "in buffers of dead objects"               \
    }

/* With free buffers told by a bitmap. */
#define UNMOVED_BITMAP_METADATA                                                \
    UNMOVED_SIDE_METADATA,                                                     \
    {                                                                          \
        "free-bit", "side", 1, OBJECT_GRANULE,                                 \
            "of small buffers, when they are freed and handed out"             \
    }

#define UNMOVED_SIDE_METADATA                                                  \
    {"mark", "side", 1, 0, "of large objects, in their run's number"},         \
        {"run", "side", 32, PAGE_BYTES, "when a large piece comes or goes"},   \
        {"block", "side", 256, BLOCK_MOST_BYTES,                               \
         "of small buffers, when a block is handed out or emptied"},           \
    {                                                                          \
        "buffered", "side", 64, 0,                                             \
            "the list of small buffered objects: when one is made, and by "    \
            "each collection that moves or frees one"                          \
    }

/* Bytes of the smallest room that a buffered object has. */
#define BUFFERED_LEAST ((size_t)32)

static struct address_list buffered_list; /* the small buffered objects */

static uint64_t unmoved_freed_objects; /* large ones, of all collections */

/* After a collection has reached what lives: where a small object is now, or
 * will be, and NULL if it is dead. */
static inline struct object *survivor(struct object *object);

static void unmoved_open(void)
{
    region_open(&heap.large.region, "large", REGION_OBJECTS,
                (size_t)option_reserve);
    large_open(&heap.large, "runs");
    heap_open_buffers();
    address_list_open(&buffered_list, "buffered", "buffered",
                      (size_t)option_reserve / BUFFERED_LEAST);
    budget_renew(0);
}

static void unmoved_close(void)
{
    region_close(&buffered_list.region);
    heap_close_buffers();
    region_close(&heap.large.table);
    region_close(&heap.large.region);
}

static void unmoved_each_region(region_visitor *visit, void *context)
{
    visit(&heap.large.region, context);
    visit(&heap.large.table, context);
    heap_each_region_of_buffers(visit, context);
    visit(&buffered_list.region, context);
}

static void unmoved_each_extent(extent_visitor *visit, void *context)
{
    extents_of_large(&heap.large, visit, context);
    extents_of_free_cells(&heap.small_buffers, visit, context);
}

static void unmoved_seal(void)
{
    large_seal(&heap.large);
    heap_seal_buffers();
}

static inline void buffered_add(const struct object *object)
{
    address_list_add(&buffered_list, (uintptr_t)object);
}

/* Frees the buffers of objects that died. */
static void buffered_sweep(void)
{
    uintptr_t *kept = address_list_start(&buffered_list);
    for (uintptr_t *entry = kept; entry < buffered_list.end; entry++) {
        struct object *object = survivor((struct object *)*entry);
        if (object == NULL) {
            heap_release_buffer((struct object *)*entry);
        } else {
            if (*kept != (uintptr_t)object) {
                *kept = (uintptr_t)object;
            }
            kept++;
        }
    }
    buffered_list.end = kept;
}

/* Frees the large objects that were not reached. */
static void unmoved_sweep_large(void)
{
    for (size_t page = 0; page < heap.large.page_count;) {
        uint32_t pages = large_pages(&heap.large, page);
        uint32_t *run = large_runs(&heap.large) + page;
        if (*run & LARGE_MARKED) {
            *run = pages;
        } else if (pages != 0) {
            heap_release_large(&heap.large, large_start(&heap.large, page));
            unmoved_freed_objects++;
        }
        page += pages ? pages : 1;
    }
}

/* The rest of a collection: frees what is dead here, and begins a new budget
 * with so many bytes of small objects in use.  Returns all bytes in use. */
static size_t unmoved_sweep(size_t small_bytes)
{
    buffered_sweep();
    unmoved_sweep_large();
    size_t in_use = small_bytes + large_rebuild(&heap.large) +
                    cells_rebuild(&heap.small_buffers) +
                    large_rebuild(&heap.large_buffers);
    budget_renew(in_use);
    return in_use;
}

static const void *unmoved_mark_of(const struct object *object)
{
    return region_holds(&heap.large.region, object)
               ? large_run(&heap.large, object)
               : NULL;
}

/* Nothing here is swept lazily. */
static bool heap_sweep_for(struct cells *cells, unsigned size_class)
{
    (void)cells;
    (void)size_class;
    return false;
}

#endif
