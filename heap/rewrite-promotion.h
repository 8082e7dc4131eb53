/* rewrite-promotion.h: promotion out of a nursery that rewrites references.
 *
 * The buffers of young objects lie outside the nursery, so those of the dead
 * are freed from a list of the young objects that have one. */
#ifndef HEAP_REWRITE_PROMOTION_H
#define HEAP_REWRITE_PROMOTION_H

#include "heap/address-list.h"
#include "heap/forwarding.h"

#define PROMOTION_METADATA                                                     \
    FORWARDING_METADATA,                                                       \
    {                                                                          \
        "young-list", "side", 64, 0,                                           \
            "when a young object with a buffer is made"                        \
    }

static struct address_list young_buffered;

static void promotion_open(size_t young_bytes)
{
    address_list_open(&young_buffered, "young-buffered", "young-list",
                      young_bytes / OBJECT_GRANULE);
    rewritten_pages_open();
}

static void promotion_close(void)
{
    rewritten_pages_close();
    region_close(&young_buffered.region);
}

static void promotion_each_region(region_visitor *visit, void *context)
{
    visit(&young_buffered.region, context);
    rewritten_pages_each_region(visit, context);
}

static inline void young_has_buffer(const struct object *object)
{
    address_list_add(&young_buffered, (uintptr_t)object);
}

/* Frees what the young objects that died had outside the nursery. */
static void promotion_ended(void)
{
    for (const uintptr_t *entry = address_list_start(&young_buffered);
         entry < young_buffered.end; entry++) {
        struct object *object = (struct object *)*entry;
        if (!(object->header & HEADER_FORWARDED)) {
            heap_release_buffer(object);
        }
    }
    address_list_clear(&young_buffered);
}

/* Nothing dies with an old object. */
static void promotion_marked(void) {}

static void promotion_after_fork(void)
{
    rewritten_pages_after_fork();
}

static void promotion_counters(number_visitor *visit, void *context)
{
    forwarding_counters(visit, context);
}

#endif
