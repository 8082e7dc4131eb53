/* copy-space.h: a contiguous space of objects, allocated by a bump pointer.
 *
 * Objects follow each other without a gap but one: where a worker began that
 * allocates only beyond the pages that it inherited.  So the space can be
 * walked from its first object to its last, as long as no header has become a
 * forwarding address.  What a collection leaves empty is given back to the
 * kernel or, with `vacated` = keep, kept to be written again. */
#ifndef HEAP_COPY_SPACE_H
#define HEAP_COPY_SPACE_H

#include "heap/heap.h"

/* Room is made in steps of so many bytes. */
#define COPY_SPACE_STEP ((size_t)32768)

enum { VACATED_DISCARD, VACATED_KEEP };

static int64_t option_vacated = VACATED_DISCARD;

#define COPY_SPACE_OPTION_VACATED                                              \
    {                                                                          \
        "vacated", &option_vacated, 0, 1, "discard|keep", NULL,                \
            "pages that a collection leaves empty: given back to the kernel, " \
            "or kept"                                                          \
    }

struct copy_space {
    struct region region;
    char *first;         /* where the first object is, or will be */
    char *next;          /* end of the last object */
    char *limit;         /* end of the room at hand */
    char *sealed;        /* nothing below is allocated */
    char *touched;       /* end of what was ever written, but for `next` */
    char *gap, *gap_end; /* what lies between is no object; or NULL */
};

static void copy_space_open(struct copy_space *space, const char *name)
{
    region_open(&space->region, name, REGION_OBJECTS, (size_t)option_reserve);
    space->first = space->next = space->limit = space->region.start;
    space->sealed = space->touched = space->region.start;
    space->gap = space->gap_end = NULL;
}

static inline size_t object_room(size_t bytes)
{
    return (bytes + OBJECT_GRANULE - 1) / OBJECT_GRANULE * OBJECT_GRANULE;
}

/* Bytes from the first object to the end of the last. */
static inline size_t copy_space_bytes(const struct copy_space *space)
{
    return (size_t)(space->next - space->first) -
           (size_t)(space->gap_end - space->gap);
}

static inline bool copy_space_holds(const struct copy_space *space,
                                    const void *address)
{
    return (uintptr_t)address - (uintptr_t)space->region.start <
           space->region.reserved;
}

/* The object behind this one, or `next`. */
static inline char *copy_space_after(const struct copy_space *space,
                                     const struct object *object)
{
    char *end = (char *)object + object_room(object_bytes(object));
    return end == space->gap ? space->gap_end : end;
}

/* Room for an object, with whatever the memory held; NULL when there is none at
 * hand. */
static inline void *copy_space_bump(struct copy_space *space, size_t bytes)
{
    char *taken = space->next;
    if (__builtin_expect((size_t)(space->limit - taken) < object_room(bytes),
                         0)) {
        return NULL;
    }
    space->next = taken + object_room(bytes);
    return taken;
}

/* Whether the region has room for so many bytes more. */
static inline bool copy_space_has(const struct copy_space *space, size_t bytes)
{
    const char *end = space->region.start + space->region.reserved;
    return (size_t)(end - space->next) >= object_room(bytes);
}

/* Makes room at hand for an object.  Returns the bytes that were added. */
static inline size_t copy_space_extend(struct copy_space *space, size_t bytes)
{
    char *before = space->limit;
    size_t used = (size_t)(space->next - space->region.start);
    size_t end = used + object_room(bytes) + COPY_SPACE_STEP;
    if (end > space->region.reserved && copy_space_has(space, bytes)) {
        end = space->region.reserved;
    }
    region_commit(&space->region, end);
    space->limit = space->region.start + end;
    return (size_t)(space->limit - before);
}

static __attribute__((noinline)) void *
copy_space_take_slow(struct copy_space *space, size_t bytes)
{
    if (heap.handed_out > heap.budget || !copy_space_has(space, bytes)) {
        heap_exhausted();
    }
    void *taken = copy_space_bump(space, bytes);
    if (taken == NULL) {
        heap.handed_out += copy_space_extend(space, bytes);
        taken = copy_space_bump(space, bytes);
    }
    return taken;
}

/* Room for a new object; collects when the budget is used up or the region is
 * full. */
static inline void *copy_space_take(struct copy_space *space, size_t bytes)
{
    void *taken = copy_space_bump(space, bytes);
    return __builtin_expect(taken != NULL, 1)
               ? taken
               : copy_space_take_slow(space, bytes);
}

/* Copies an object to the end of the space, within a collection. */
static inline struct object *copy_space_copy(struct copy_space *space,
                                             const struct object *object)
{
    size_t bytes = object_bytes(object);
    void *copy = copy_space_bump(space, bytes);
    if (__builtin_expect(copy == NULL, 0)) {
        copy_space_extend(space, bytes);
        copy = copy_space_bump(space, bytes);
    }
    return memcpy(copy, object, bytes);
}

/* The objects end here from now on; the pages behind are vacated. */
static inline void copy_space_cut(struct copy_space *space, char *end)
{
    size_t kept = (size_t)(end - space->region.start) + PAGE_BYTES - 1;
    if (space->next > space->touched) {
        space->touched = space->next;
    }
    space->next = space->limit = end;
    if (option_vacated == VACATED_DISCARD) {
        region_discard(&space->region, kept / PAGE_BYTES * PAGE_BYTES);
        space->touched = end;
    }
}

/* Empties the space. */
static inline void copy_space_vacate(struct copy_space *space)
{
    copy_space_cut(space, space->region.start);
    space->first = space->next = space->limit = space->sealed;
    space->gap = space->gap_end = NULL;
}

/* From here on only pages that were never touched are allocated. */
static inline void copy_space_seal(struct copy_space *space)
{
    char *end = space->next > space->touched ? space->next : space->touched;
    size_t used = (size_t)(end - space->region.start) + PAGE_BYTES - 1;
    space->sealed = space->region.start + used / PAGE_BYTES * PAGE_BYTES;
    if (space->next == space->first) {
        space->first = space->sealed;
    } else {
        space->gap = space->next;
        space->gap_end = space->sealed;
    }
    space->next = space->limit = space->sealed;
}

#endif
