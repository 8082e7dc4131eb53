/* object.h: what an object looks like, and the reference to one.
 *
 * An object is a header word, then its references, then its raw bytes.  The
 * header, from its low end:
 *
 *   bits  0-7   flags; each belongs to the part that names it below
 *   bits  8-15  kind: what the object is to the workload
 *   bits 16-39  number of references that follow
 *   bits 40-63  number of raw bytes after them
 *
 * so every object says its own extent and where its references lie, and a
 * collector needs no table of types.  A *buffered* object keeps its references
 * in a buffer, a piece of memory of its own without a header, as CPython's and
 * Ruby's lists do: its raw bytes then start with the buffer's address and its
 * number of references, and the buffer lives and dies with it. */
#ifndef HEAP_OBJECT_H
#define HEAP_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A reference: wrapped, so that it cannot be mixed up with an address.  What
 * the bits mean is the collector's choice (direct.h: an address); all zero is
 * the null reference everywhere. */
typedef struct {
    uintptr_t bits;
} ref;

#define REF_NULL ((ref){0})

static inline bool ref_is_null(ref reference)
{
    return reference.bits == 0;
}

/* How the words of a mutator's vocabulary that are an access (not those that
 * allocate) begin: each costs what direct code costs wherever it is used, so
 * that none becomes a function because there are many workloads. */
#define WORD static inline __attribute__((always_inline))

enum header_flag {
    /* Kind "mark".  Set when the object is reached and cleared by the sweep, or
     * with a sense that flips (mark-flip.h); always clear in collectors that
     * keep marks elsewhere. */
    HEADER_MARKED = 1 << 0,
    /* Set at allocation, never cleared: the references are in a buffer. */
    HEADER_BUFFERED = 1 << 1,
    /* Kind "forwarding".  Set in an object that has moved: the other bits are
     * then its new address, whose low four are zero. */
    HEADER_FORWARDED = 1 << 2,
    /* Kind "remembered-flag".  Set in an old object that is not in the
     * remembered set: a store into it takes the slow path, which clears the
     * flag; a minor collection sets it again (PyPy: TRACK_YOUNG_PTRS). */
    HEADER_TRACKED = 1 << 3,
    /* Kind "age", two bits: collections survived, 3 being old (Ruby to 3.2). */
    HEADER_AGE = 3 << 4,
    /* Kind "zero-count-flag".  Set while the object is in the zero-count table
     * (deferred-locals.h). */
    HEADER_ZERO_COUNT = 1 << 6,
};
#define HEADER_AGE_ONE ((uint64_t)1 << 4)

#define HEADER_BYTES     sizeof(uint64_t)
#define OBJECT_MAX_COUNT ((UINT32_C(1) << 24) - 1)
/* Every object starts at a multiple, unless a collector that does not move it
 * keeps something before it in its cell. */
#define OBJECT_GRANULE ((size_t)16)

struct object {
    uint64_t header;
    uintptr_t words[]; /* references, then raw bytes */
};

/* What the raw bytes of a buffered object start with. */
struct buffer {
    ref *items;
    size_t count;
};

/* The shape of an object to be allocated; a constant where it matters. */
struct shape {
    uint8_t kind;
    uint32_t references; /* at most OBJECT_MAX_COUNT */
    uint32_t raw_bytes;  /* at most OBJECT_MAX_COUNT */
};

static inline uint64_t header_make(struct shape shape, unsigned flags)
{
    return flags | (uint64_t)shape.kind << 8 |
           (uint64_t)shape.references << 16 | (uint64_t)shape.raw_bytes << 40;
}

static inline uint32_t header_references(uint64_t header)
{
    return header >> 16 & OBJECT_MAX_COUNT;
}

static inline uint32_t header_raw_bytes(uint64_t header)
{
    return header >> 40;
}

/* Leaves the new address in the old place of an object that has moved. */
static inline void object_forward(struct object *object,
                                  const struct object *copy)
{
    object->header = (uintptr_t)copy | HEADER_FORWARDED;
}

/* Where a forwarded object is now. */
static inline struct object *object_forwarded(const struct object *object)
{
    return (struct object *)(object->header & ~(uint64_t)(OBJECT_GRANULE - 1));
}

static inline size_t shape_bytes(struct shape shape)
{
    return HEADER_BYTES + shape.references * sizeof(ref) + shape.raw_bytes;
}

static inline size_t object_bytes(const struct object *object)
{
    return HEADER_BYTES + header_references(object->header) * sizeof(ref) +
           header_raw_bytes(object->header);
}

static inline struct buffer *object_buffer(struct object *object)
{
    return (struct buffer *)object->words;
}

/* The references of any object: where they are, and how many. */
static inline ref *object_references(struct object *object, size_t *count)
{
    if (object->header & HEADER_BUFFERED) {
        *count = object_buffer(object)->count;
        return object_buffer(object)->items;
    }
    *count = header_references(object->header);
    return (ref *)object->words;
}

_Static_assert(sizeof(ref) == 8, "a reference is one word");
_Static_assert(offsetof(struct object, words) == HEADER_BYTES,
               "references follow the header directly");

#endif
