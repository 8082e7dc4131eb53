/* check: verifies the mutator, not the heap.
 *
 * Stands for Ruby's wbcheck and MMTk's PageProtect and sanity collectors.  It
 * convicts, by name, three mistakes of a workload that other collectors may
 * forgive:
 *
 *   an unrooted reference    every collection copies all live objects to other
 *                            addresses (window.h) and takes every access from
 *                            the old ones: who still has one of these faults
 *   a store past the barrier each reference has a shadow, which the words of
 * the vocabulary alone write; both are compared before objects are copied a
 * late ref_init          when something was allocated or collected since the
 * object was made
 *
 * Raw bytes begin as CHECK_POISON, for they are undefined.  Departs from
 * wbcheck, which learns of an unreported reference when it next traces the
 * object and names both ends: here the whole of the object's references is
 * compared, and the mistake was made since the collection before. */
#include "heap/checked-store.h"
#include "heap/nothing.h"
#include "heap/verify.h"

#define CHECK_POISON 0xa5
#define CHECK_LEAST  1000 /* objects between two collections, unless asked */

static int64_t option_every = 0;
static int64_t option_reserve = RESERVE_DEFAULT;

static const struct parameter options[] = {
    {"every", &option_every, 0, 1000000000, NULL, "objects",
     "move all objects after so many new ones; 0: after as many as are live"},
    {"reserve", &option_reserve, INT64_C(1) << 24, INT64_C(1) << 40, NULL,
     "bytes", "address space that the objects move through"},
};

static const struct metadata metadata[] = {
    {"object", "body", 0, 0, "copied by every collection"},
    {"reference", "body", 64, 0, "in the copies"},
    {"forwarding", "header", 64, 0, "in what has been copied"},
    {"zero", "body", 8, 1, "what was copied is given back"},
    {"shadow", "side", 64, 8, "by every store, and in the copies"},
};

static struct {
    struct window old; /* during a collection */
    size_t made;       /* objects since the last collection */
    size_t live;       /* objects that it copied */
    size_t live_bytes;
    uint64_t collections;
} check;

static size_t check_round(size_t bytes)
{
    return (bytes + OBJECT_GRANULE - 1) / OBJECT_GRANULE * OBJECT_GRANULE;
}

/* What an object has of the window: its buffer follows it. */
static size_t check_extent(struct object *object)
{
    size_t bytes = check_round(object_bytes(object));
    if (object->header & HEADER_BUFFERED) {
        bytes += check_round(object_buffer(object)->count * sizeof(ref));
    }
    return bytes;
}

static inline struct object *check_after(struct object *object)
{
    return (struct object *)((char *)object + check_extent(object));
}

static void check_forward(ref *slot)
{
    struct object *object = ref_object(*slot);
    if (object == NULL) {
        return;
    }
    if (!window_holds(&check.old, object)) {
        convict("a reference to an object that has moved was put into a frame: "
                "too late");
    }
    if (!(object->header & HEADER_FORWARDED)) {
        size_t bytes = check_extent(object);
        struct object *copy = (struct object *)window_take(bytes);
        memcpy(copy, object, bytes);
        if (copy->header & HEADER_BUFFERED) {
            struct buffer *buffer = object_buffer(copy);
            buffer->items = (ref *)(buffer + 1);
        }
        object_forward(object, copy);
        check.live++;
    }
    *slot = object_ref(object_forwarded(object));
}

/* Copies what can be reached into a new window: Cheney's algorithm. */
static void check_copy(void)
{
    check.live = 0;
    for (const struct frame *frame = frame_top; frame; frame = frame->caller) {
        for (size_t i = 0; i < frame->count; i++) {
            check_forward(&frame->roots[i].reference);
        }
    }
    struct object *copy = (struct object *)window.start;
    for (; (char *)copy < window.next; copy = check_after(copy)) {
        size_t count;
        ref *slots = object_references(copy, &count);
        for (size_t i = 0; i < count; i++) {
            check_forward(&slots[i]);
            *(ref *)window_shadow_of(&slots[i]) = slots[i];
        }
    }
}

/* Compares all references of the window, dead objects' too, with their
 * shadows. */
static const char *check_shadows(void)
{
    static char message[120];
    struct object *object = (struct object *)window.start;
    for (; (char *)object < window.next; object = check_after(object)) {
        size_t count;
        const ref *slots = object_references(object, &count);
        if (memcmp(slots, window_shadow_of(slots), count * sizeof(ref)) != 0) {
            snprintf(message, sizeof message,
                     "a store without the barrier: into an object of kind %u "
                     "with %zu references",
                     (unsigned)(object->header >> 8 & 255), count);
            return message;
        }
    }
    return NULL;
}

static void check_collect(enum collection_kind kind, enum collection_why why)
{
    (void)kind; /* every collection is full */
    uint64_t start = collection_begin(PHASE_MARK);
    const char *wrong = check_shadows();
    if (wrong != NULL) {
        convict(wrong);
    }
    phase_enter(PHASE_COMPACT);
    check.old = window_turn();
    check_copy();
    window_retire(&check.old);
    check.live_bytes = (size_t)(window.next - window.start);
    checked_newest = NULL;
    check.made = 0;
    check.collections++;
    collection_finish(COLLECTION_FULL, why, start);
}

static size_t check_due(void)
{
    return option_every > 0           ? (size_t)option_every
           : check.live > CHECK_LEAST ? check.live
                                      : CHECK_LEAST;
}

/* The window may be where it cannot grow: it is moved once, and once more. */
static struct object *check_make(size_t bytes)
{
    if (check.made >= check_due()) {
        check_collect(COLLECTION_FULL, COLLECTION_THRESHOLD);
    }
    char *made = window_take(bytes);
    for (int moves = 0; made == NULL && moves < 2; moves++) {
        check_collect(COLLECTION_FULL, COLLECTION_THRESHOLD);
        made = window_take(bytes);
    }
    if (made == NULL) {
        convict("no room to move all objects: raise the option "
                "'reserve'");
    }
    check.made++;
    checked_newest = (struct object *)made;
    return (struct object *)made;
}

static inline ref object_new(struct shape shape)
{
    struct object *object = check_make(check_round(shape_bytes(shape)));
    object->header = header_make(shape, 0);
    memset(raw_start(object_ref(object), shape), CHECK_POISON, shape.raw_bytes);
    return object_ref(object);
}

static inline ref object_new_buffered(uint8_t kind, size_t references)
{
    struct shape shape = {kind, 0, sizeof(struct buffer)};
    struct object *object = check_make(check_round(shape_bytes(shape)) +
                                       check_round(references * sizeof(ref)));
    object->header = header_make(shape, HEADER_BUFFERED);
    struct buffer *buffer = object_buffer(object);
    *buffer = (struct buffer){(ref *)(buffer + 1), references};
    return object_ref(object);
}

static void check_open(void)
{
    window_open((size_t)option_reserve);
    convict_faults();
}

static void check_after_fork(unsigned worker)
{
    (void)worker;
    check.collections = 0;
}

static void check_each_region(region_visitor *visit, void *context)
{
    visit(&window_objects, context);
    visit(&window_shadow, context);
}

static void check_each_extent(extent_visitor *visit, void *context)
{
    struct object *object = (struct object *)window.start;
    for (; (char *)object < window.next; object = check_after(object)) {
        visit(object, object_bytes(object), EXTENT_OBJECT, context);
        if (object->header & HEADER_BUFFERED) {
            const struct buffer *buffer = object_buffer(object);
            visit(buffer->items, buffer->count * sizeof(ref), EXTENT_BUFFER,
                  context);
        }
    }
}

static void check_counters(number_visitor *visit, void *context)
{
    size_t in_window = (size_t)(window.next - window.start);
    visit("heap_in_use_bytes", check.live_bytes, context);
    visit("handed_out_bytes", in_window - check.live_bytes, context);
    visit("collections", check.collections, context);
    visit("marked_objects", check.live, context);
}

static const char *check_verify(void)
{
    const char *wrong = heap_verify();
    return wrong != NULL ? wrong : check_shadows();
}

static void check_prepare_gc(void)
{
    check_collect(COLLECTION_FULL, COLLECTION_ASKED);
}

static const struct prepare_step prepare[] = {
    {"gc", "a collection: all objects are moved", check_prepare_gc},
};

const struct collector collector = {
    .name = "check",
    .about = "convicts a workload of unrooted references and missed barriers",
    .stands_for = "Ruby wbcheck, MMTk PageProtect and sanity GC",
    COLLECTOR_DATA,
    .open = check_open,
    .close = window_close,
    .collect = check_collect,
    .before_fork = nothing_before_fork,
    .after_fork = check_after_fork,
    .request_begin = nothing_at_request,
    .request_end = nothing_at_request,
    .each_region = check_each_region,
    .each_extent = check_each_extent,
    .mark_of = nothing_is_marked,
    .is_pinned = nothing_is_pinned,
    .counters = check_counters,
    .verify = check_verify,
};

#include "workloads/all.h"
