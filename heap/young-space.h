/* young-space.h: the space where objects are young, and how they get there.
 *
 * Memory is handed out from its start on, one object behind the other; being
 * young is a matter of the address.  nursery.h empties it when it is full, the
 * arena when a request ends.  A new object's references are cleared then and
 * there (PyPy clears the whole nursery after each minor collection). */
#ifndef HEAP_YOUNG_SPACE_H
#define HEAP_YOUNG_SPACE_H

#include "heap/extents.h"
#include "heap/object.h"
#include "heap/region.h"

#include <string.h>

/* Objects of up to so many bytes are young wherever there is room. */
#define YOUNG_ALWAYS ((size_t)512)

static struct {
    char *next;  /* where the next object goes */
    char *end;   /* of the room for objects */
    char *start; /* where the first one goes */
    char *high;  /* end of the memory that was ever used from start on */
    char *left;  /* end of the objects that a fork left behind at the start of
                  * the region, which is a part not in use any more */
    size_t most; /* bytes of the largest object that becomes young */
    struct region region;
} young;

/* A reference to a new object, in the young space or, old, outside it. */
static inline ref ref_of_young(struct object *object);
static inline ref ref_of_old(struct object *object);

/* An object for which there is no room here, or which is too large. */
static ref object_new_slow(struct shape shape);

/* What an object takes up here. */
static inline size_t young_room(size_t bytes)
{
    return (bytes + OBJECT_GRANULE - 1) & ~(OBJECT_GRANULE - 1);
}

static inline bool young_holds(const void *address)
{
    return (uintptr_t)address - (uintptr_t)young.region.start <
           young.region.reserved;
}

static inline bool young_is_empty(void)
{
    return young.next == young.start && young.left == young.region.start;
}

/* From here on everything in the space is forgotten. */
static inline void young_reset(void)
{
    young.high = young.next > young.high ? young.next : young.high;
    young.next = young.start;
    young.left = young.region.start;
}

/* An object for which there is room. */
static inline ref young_object_new(struct shape shape)
{
    struct object *object = (struct object *)young.next;
    young.next += young_room(shape_bytes(shape));
    object->header = header_make(shape, 0);
    memset(object->words, 0, shape.references * sizeof(ref));
    return ref_of_young(object);
}

static inline ref object_new(struct shape shape)
{
    size_t bytes = young_room(shape_bytes(shape));
    if (__builtin_expect(bytes > (size_t)(young.end - young.next), 0) ||
        (bytes > YOUNG_ALWAYS && bytes > young.most)) {
        return object_new_slow(shape);
    }
    return young_object_new(shape);
}

static void young_extents(char *start, const char *end, extent_visitor *visit,
                          void *context)
{
    for (char *at = start; at < end;) {
        struct object *object = (struct object *)at;
        extent_of_object(object, visit, context);
        at += young_room(object_bytes(object));
        if (object->header & HEADER_BUFFERED &&
            young_holds(object_buffer(object)->items)) {
            at += young_room(object_buffer(object)->count * sizeof(ref));
        }
    }
}

static void young_each_extent(extent_visitor *visit, void *context)
{
    young_extents(young.region.start, young.left, visit, context);
    young_extents(young.start, young.next, visit, context);
    if (young.next < young.high) {
        visit(young.next, (size_t)(young.high - young.next), EXTENT_FREE,
              context);
    }
}

#endif
