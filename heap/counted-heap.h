/* counted-heap.h: objects that are counted: how they come, lie and go.
 *
 * What a counting collector keeps with an object lies before its header, as in
 * CPython:
 *
 *     [links of the cyclic collector] [count] [header] [references] [raw bytes]
 *
 * The links belong to containers alone, the objects that have references; the
 * others are atoms.  Where the count is, and what the links are, is said by the
 * parts included before this one (count-header.h, cycle-list.h and their
 * like); what is elsewhere takes no bytes here.
 *
 * An object that nothing holds is freed at once, and so is what it alone held,
 * without recursion.  A freed cell goes to the front of its block's chain, as
 * in CPython's obmalloc. */
#ifndef HEAP_COUNTED_HEAP_H
#define HEAP_COUNTED_HEAP_H

#include "heap/direct.h"
#include "heap/extents.h"
#include "heap/heap.h"
#include "heap/mark-stack.h"

#define COUNTED_METADATA                                                       \
    {"free-link", "body", 64, 0, "when an object or a buffer is freed"},       \
        {"block", "side", 256, BLOCK_MOST_BYTES,                               \
         "when a block is handed out or filled, and when it gets free cells"}, \
        {"run", "side", 32, PAGE_BYTES, "when a large piece comes or goes"},   \
    {                                                                          \
        "mark-stack", "side", 64, 0,                                           \
            "for objects that wait to be freed; given back by a full cyclic "  \
            "collection"                                                       \
    }

static uint64_t counted_freed_objects;

/* Bytes of links before the count of an object. */
static inline size_t cycle_bytes(bool is_container, bool is_large);

/* The object that lies in a cell or run. */
static inline struct object *cell_object(char *cell, bool is_large);

/* A container comes and goes. */
static inline void cycle_track(struct object *object, bool is_large);
static inline void cycle_untrack(struct object *object, bool is_large);

/* Called before a container is made: it may collect. */
static inline void cycle_account(void);

/* Called before any object is made, and with each new one (counted-locals.h,
 * deferred-locals.h). */
static inline void locals_account(void);
static inline void locals_new(struct object *object);

/* Frees what nothing holds, where that does not happen at once. */
static void locals_reconcile(void);

/* Nothing in the heap holds the object any more; and the same while another is
 * being freed that held it. */
static inline void object_lost(struct object *object);
static inline void object_lost_too(struct object *object);

static inline bool object_is_container(const struct object *object)
{
    return header_references(object->header) != 0 ||
           object->header & HEADER_BUFFERED;
}

static inline bool object_is_large(const struct object *object)
{
    return region_holds(&heap.large.region, object);
}

/* Bytes of the cell or run that lie before an object. */
static inline size_t bytes_before(bool is_container, bool is_large)
{
    return cycle_bytes(is_container, is_large) + COUNT_BYTES;
}

static inline char *object_cell(const struct object *object)
{
    return (char *)object -
           bytes_before(object_is_container(object), object_is_large(object));
}

/* An object without references held yet, its header and count written. */
static inline struct object *counted_new(struct shape shape, bool is_container,
                                         unsigned flags)
{
    locals_account();
    if (is_container) {
        cycle_account();
    }
    size_t own = shape_bytes(shape);
    bool is_large = bytes_before(is_container, false) + own > heap.cell_most;
    size_t before = bytes_before(is_container, is_large);
    char *cell = heap_take_kind(&heap.small, &heap.large,
                                CELLS_KINDS > 1 && is_container, before + own);
    struct object *object = (struct object *)(cell + before);
    object->header = header_make(shape, flags);
    memset(object->words, 0, shape.references * sizeof(ref));
    count_begin(object);
    locals_new(object);
    if (is_container) {
        cycle_track(object, is_large);
    }
    return object;
}

static inline ref object_new(struct shape shape)
{
    return object_ref(counted_new(shape, shape.references != 0, 0));
}

static inline ref object_new_buffered(uint8_t kind, size_t references)
{
    ref *items = heap_take_buffer(references);
    struct shape shape = {kind, 0, sizeof(struct buffer)};
    struct object *object = counted_new(shape, true, HEADER_BUFFERED);
    *object_buffer(object) = (struct buffer){items, references};
    return object_ref(object);
}

/* Frees one object, which is not tracked and holds nothing any more. */
static inline void counted_release(struct object *object)
{
    char *cell = object_cell(object);
    heap_release_buffer(object);
    if (object_is_large(object)) {
        heap_release_large(&heap.large, cell);
    } else if (cells_are_sealed(&heap.small, cell)) {
        cells_bury(&heap.small, cell); /* its count was just written */
    } else {
        cells_release(&heap.small, cell);
    }
    counted_freed_objects++;
}

/* Lets go of what an object holds. */
static inline void counted_let_go(struct object *object)
{
    size_t count;
    const ref *slots = object_references(object, &count);
    for (size_t i = 0; i < count; i++) {
        if (!ref_is_null(slots[i]) && count_down(ref_object(slots[i]))) {
            object_lost_too(ref_object(slots[i]));
        }
    }
}

/* Frees an object that nothing holds, and what waits for it. */
static __attribute__((noinline)) void object_free(struct object *object)
{
    mark_stack_push(object);
    while (!mark_stack_is_empty()) {
        struct object *next = mark_stack_pop();
        if (object_is_container(next)) {
            cycle_untrack(next, object_is_large(next));
            counted_let_go(next);
        }
        counted_release(next);
    }
}

static bool heap_sweep_for(struct cells *cells, unsigned size_class)
{
    (void)cells;
    (void)size_class;
    return false;
}

#endif
