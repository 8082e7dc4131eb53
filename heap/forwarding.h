/* forwarding.h: promotion of objects to which references are addresses.
 *
 * The old place of a promoted object names its new one, and every reference to
 * it that is found is rewritten, in old objects too. */
#ifndef HEAP_FORWARDING_H
#define HEAP_FORWARDING_H

#include "heap/direct.h"
#include "heap/minor.h"
#include "heap/rewritten-pages.h"

#define FORWARDING_METADATA                                                    \
    {"forwarding", "header", 64, 0, "in young objects that are promoted"},     \
        {"reference", "body", 64, 0,                                           \
         "references to promoted objects, when these are promoted"},           \
    {                                                                          \
        "page-set", "side", 2, PAGE_BYTES,                                     \
            "what a worker inherited, and where references were rewritten"     \
    }

static inline ref ref_of_young(struct object *object)
{
    return object_ref(object);
}

static inline ref ref_of_old(struct object *object)
{
    return object_ref(object);
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

static void forwarding_counters(number_visitor *visit, void *context)
{
    visit("rewritten_references", minor.found_references, context);
    visit("rewritten_inherited_pages", rewritten_pages.count, context);
}

#endif
