/* null: allocates, and that's it.  The skeleton of a new collector.
 *
 * To make one: copy this file to collectors/NAME.c, add collectors/NAME to the
 * list COLLECTORS at the top of Makefile.am, and build.  `cowlab list` shows
 * it, every conformance test runs on it, and `collectors/NAME run shadow` tries
 * it against the model.  Then replace what is here piece by piece; most pieces
 * are in heap/ already (see mark-header.c and the files that it includes).
 *
 * 1. The parts.  object.h says what an object looks like; direct.h makes a
 *    reference an address, plain-store.h stores without a barrier;
 *    nothing.h has an operation for everything that this collector lacks. */
#include "heap/direct.h"
#include "heap/nothing.h"
#include "heap/parameter.h"
#include "heap/plain-store.h"

/* 2. The options, each with its type, default, range, unit and meaning.  They
 *    are set before `open` is called. */
static int64_t option_reserve = RESERVE_DEFAULT;

static const struct parameter options[] = {
    {"reserve", &option_reserve, INT64_C(1) << 24, INT64_C(1) << 40, NULL,
     "bytes", "address space for all that is ever allocated"},
};

/* 3. The heap: here one region, filled from its start. */
static struct {
    struct region objects;
    char *next; /* first byte that was never handed out */
} space;

static void null_open(void)
{
    region_open(&space.objects, "objects", REGION_OBJECTS,
                (size_t)option_reserve);
    space.next = space.objects.start;
}

static void null_close(void)
{
    region_close(&space.objects);
}

/* 4. Allocation: the other half of the mutator vocabulary beside direct.h.
 *    Fresh memory of a region is zero, so the references are null already.  A
 *    collector that finds no room here collects, tries again, and only then
 *    lets region_commit end the program. */
static inline size_t null_room(size_t bytes)
{
    return (bytes + OBJECT_GRANULE - 1) / OBJECT_GRANULE * OBJECT_GRANULE;
}

static inline void *null_take(size_t bytes)
{
    void *taken = space.next;
    space.next += null_room(bytes);
    region_commit(&space.objects, (size_t)(space.next - space.objects.start));
    return taken;
}

static inline ref object_new(struct shape shape)
{
    struct object *object = null_take(shape_bytes(shape));
    object->header = header_make(shape, 0);
    return object_ref(object);
}

static inline ref object_new_buffered(uint8_t kind, size_t references)
{
    ref created = object_new((struct shape){kind, 0, sizeof(struct buffer)});
    struct object *object = ref_object(created);
    object->header |= HEADER_BUFFERED;
    ref *items = null_take(references * sizeof(ref));
    *object_buffer(object) = (struct buffer){items, references};
    return created;
}

/* 5. The regions: cowlab attributes every page to one of these. */
static void null_each_region(region_visitor *visit, void *context)
{
    visit(&space.objects, context);
}

/* And what lies in them, so that a heap can be counted and checked: objects
 * follow each other here, each with its buffer behind it. */
static void null_each_extent(extent_visitor *visit, void *context)
{
    for (char *at = space.objects.start; at < space.next;) {
        struct object *object = (struct object *)at;
        visit(object, object_bytes(object), EXTENT_OBJECT, context);
        at += null_room(object_bytes(object));
        if (object->header & HEADER_BUFFERED) {
            size_t bytes = object_buffer(object)->count * sizeof(ref);
            visit(at, bytes, EXTENT_BUFFER, context);
            at += null_room(bytes);
        }
    }
}

static void null_counters(number_visitor *visit, void *context)
{
    visit("handed_out_bytes", (uint64_t)(space.next - space.objects.start),
          context);
}

/* 6. What it is.  The metadata rows (none here) are a promise: after a fork,
 *    with the mutator idle, nothing else is written. */
const struct collector collector = {
    .name = "null",
    .about = "hands out fresh memory and that's it: the skeleton to copy",
    .stands_for = NULL,
    .options = options,
    .option_count = LENGTH(options),
    .open = null_open,
    .close = null_close,
    .collect = nothing_to_collect,
    .before_fork = nothing_before_fork,
    .after_fork = nothing_after_fork,
    .request_begin = nothing_at_request,
    .request_end = nothing_at_request,
    .each_region = null_each_region,
    .each_extent = null_each_extent,
    .mark_of = nothing_is_marked,
    .is_pinned = nothing_is_pinned,
    .counters = null_counters,
    .verify = nothing_to_verify,
};

/* 7. The workloads, compiled into this collector. */
#include "workloads/all.h"
