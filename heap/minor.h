/* minor.h: the minor collection: what is reachable in the young space is copied
 * out of it, and the space is empty.
 *
 * Reachable is what the frames and the remembered slots lead to.  How a
 * reference leads to an object, and what finding one means, is promotion:
 * forwarding.h rewrites references, reference-table.h the table that they
 * index.  Where the copies go is the old generation's old_take(). */
#ifndef HEAP_MINOR_H
#define HEAP_MINOR_H

#include "heap/remember.h"
#include "heap/trace.h"
#include "heap/young-space.h"

static struct {
    bool running; /* no room is made by collecting now */
    uint64_t collections;
    uint64_t promoted_objects, promoted_bytes;
    uint64_t found_references;        /* in old objects and in the copies, to
                                       * objects promoted by this collection */
    uint64_t old_to_young_references; /* those in old objects */
    uint64_t remember_ns;             /* for finding these, and to forget */
} minor;

/* Memory of the old generation for an object. */
static inline void *old_take(size_t bytes);

/* The header flags that a new object of the old generation starts with. */
static inline unsigned mark_of_new(void);

/* Whether the slot leads to an object that is young, or was promoted by this
 * collection. */
static inline bool slot_is_young(const ref *slot);

/* Promotes the object that the slot leads to, if that is still to be done, and
 * makes the slot lead to the copy.  Returns a new copy that has references. */
static inline struct object *slot_promote(ref *slot);

/* Called for each slot of an old object that slot_is_young(). */
static inline void slot_found(const ref *slot);

/* Called after a copy is made of an object, which may own more than itself, and
 * for a buffered one that is old from birth. */
static inline void object_promoted(struct object *copy);

/* Called when all that is reachable has been promoted. */
static void promotion_ended(void);

/* A new object of the old generation. */
static inline struct object *old_object_make(struct shape shape)
{
    struct object *object = old_take(shape_bytes(shape));
    object->header = header_make(shape, remembered_flags() | mark_of_new());
    if (option_zero == ZERO_ALLOCATION) {
        memset(object->words, 0, shape.references * sizeof(ref));
    }
    return object;
}

static inline bool object_has_references(const struct object *object)
{
    return header_references(object->header) != 0 ||
           object->header & HEADER_BUFFERED;
}

static inline struct object *promote(const struct object *object)
{
    size_t bytes = object_bytes(object);
    struct object *promoted = old_take(bytes);
    memcpy(promoted, object, bytes);
    promoted->header |= remembered_flags() | mark_of_new();
    minor.promoted_objects++;
    minor.promoted_bytes += bytes;
    object_promoted(promoted);
    return promoted;
}

static inline struct object *minor_visit_copy(ref *slot)
{
    if (!slot_is_young(slot)) {
        return NULL;
    }
    minor.found_references++;
    return slot_promote(slot);
}

static inline struct object *minor_visit_old(ref *slot)
{
    if (!slot_is_young(slot)) {
        return NULL;
    }
    minor.old_to_young_references++;
    slot_found(slot);
    return minor_visit_copy(slot);
}

/* The young space holds nothing that is needed when this returns; whoever has
 * it resets it. */
static void minor_evacuate(void)
{
    enum phase before = phase_enter(PHASE_MINOR);
    minor.running = true;
    trace_roots(slot_promote);
    uint64_t start = clock_now();
    remembered_trace();
    minor.remember_ns += clock_now() - start;
    trace_drain(minor_visit_copy);
    mark_stack_release();
    promotion_ended();
    minor.running = false;
    phase_enter(before);
    minor.collections++;
}

/* Nothing is young. */
static inline void minor_renew(void)
{
    uint64_t start = clock_now();
    remembered_renew();
    minor.remember_ns += clock_now() - start;
}

static void minor_after_fork(void)
{
    minor.collections = 0;
    minor.promoted_objects = minor.promoted_bytes = 0;
    minor.found_references = minor.old_to_young_references = 0;
    minor.remember_ns = 0;
}

static void minor_counters(number_visitor *visit, void *context)
{
    visit("minor_collections", minor.collections, context);
    visit("promoted_objects", minor.promoted_objects, context);
    visit("promoted_bytes", minor.promoted_bytes, context);
    visit("old_to_young_references", minor.old_to_young_references, context);
    visit("remember_ns", minor.remember_ns, context);
}

#endif
