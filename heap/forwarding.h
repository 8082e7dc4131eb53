/* forwarding.h: promotion with references that are addresses.
 *
 * The old place of a promoted object names its new one, and every reference to
 * it that is found is rewritten, in old objects too.  The buffers of young
 * objects lie outside the young space, so those of the dead are freed from a
 * list of the young objects that have one. */
#ifndef HEAP_FORWARDING_H
#define HEAP_FORWARDING_H

#include "heap/address-list.h"
#include "heap/direct.h"
#include "heap/minor.h"
#include "heap/rewritten-pages.h"

#define PROMOTION_METADATA                                                     \
    {"forwarding", "header", 64, 0,                                            \
     "in young objects that a minor collection promotes"},                     \
        {"reference", "body", 64, 0,                                           \
         "references to promoted objects, by minor collections"},              \
        {"young-list", "side", 64, 0,                                          \
         "when a young object with a buffer is "                               \
         "made"},                                                              \
    {                                                                          \
        "page-set", "side", 2, PAGE_BYTES,                                     \
            "what a worker inherited, and where references were rewritten"     \
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
    region_close(&young_buffered.region);
    rewritten_pages_close();
}

static void promotion_each_region(region_visitor *visit, void *context)
{
    visit(&young_buffered.region, context);
    rewritten_pages_each_region(visit, context);
}

static inline ref ref_of_young(struct object *object)
{
    return object_ref(object);
}

static inline ref ref_of_old(struct object *object)
{
    return object_ref(object);
}

static inline void young_has_buffer(const struct object *object)
{
    address_list_add(&young_buffered, (uintptr_t)object);
}

static inline bool slot_is_young(const ref *slot)
{
    return young_holds(ref_object(*slot));
}

static inline struct object *slot_promote(ref *slot)
{
    struct object *object = ref_object(*slot);
    if (!young_holds(object)) {
        return NULL;
    }
    if (object->header & HEADER_FORWARDED) {
        *slot = object_ref(object_forwarded(object));
        return NULL;
    }
    struct object *copy = promote(object);
    object_forward(object, copy);
    *slot = object_ref(copy);
    return object_has_references(copy) ? copy : NULL;
}

/* A slot of an old object is about to be rewritten. */
static inline void slot_found(const ref *slot)
{
    rewritten_pages_note(slot);
}

/* Frees what the young objects had outside the young space that died. */
static void promotion_ended(void)
{
    for (uintptr_t *entry = address_list_start(&young_buffered);
         entry < young_buffered.end; entry++) {
        struct object *object = (struct object *)*entry;
        if (!(object->header & HEADER_FORWARDED)) {
            heap_release_buffer(object);
        }
    }
    address_list_clear(&young_buffered);
}

/* References are addresses: nothing dies with an old object. */
static void promotion_marked(void) {}

static void promotion_after_fork(void)
{
    rewritten_pages_after_fork();
}

static void promotion_counters(number_visitor *visit, void *context)
{
    visit("rewritten_references", minor.found_references, context);
    visit("rewritten_inherited_pages", rewritten_pages.count, context);
}

#endif
