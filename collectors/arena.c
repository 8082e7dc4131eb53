/* arena: what a request allocates is dropped when it ends.
 *
 * Stands for PHP's request heap (zend_alloc, with opcache's shared memory as
 * what lasts) and for Erlang processes that end before their first collection.
 * Between request_begin and request_end everything, buffers too, is allocated
 * in an arena and no collection runs by itself.  At the end what escaped, that
 * is what the frames and the lasting objects stored to lead to, is copied out
 * into the lasting heap, and the arena is dropped as a whole.  Outside requests
 * allocation is in the lasting heap, which is mark-side's.
 *
 * Departs from both: nothing may escape from PHP's arena or an Erlang process
 * but by copying when it is stored or sent, so neither has a barrier; a
 * collection that is asked for in a request copies out first. */
#include "heap/mark-side.h"

#include "heap/forwarding.h"

#include "heap/barriered-store.h"
#include "heap/old-swept.h"
#include "heap/remember-flag.h"

enum { ARENA_REUSE, ARENA_DISCARD };

static int64_t option_arena_after_request = ARENA_REUSE;

static bool arena_in_request;

/* An empty arena cannot be referred to. */
static inline void store_barrier(struct object *object, const ref *slot)
{
    if (young.next != young.start) {
        remember_stored(object, slot);
    }
}

/* A buffer leaves the arena with its object. */
static inline void object_promoted(struct object *copy)
{
    struct buffer *buffer = object_buffer(copy);
    if (copy->header & HEADER_BUFFERED && young_holds(buffer->items)) {
        const ref *items = buffer->items;
        buffer->items = heap_take_buffer(buffer->count);
        memcpy(buffer->items, items, buffer->count * sizeof(ref));
    }
}

static void promotion_ended(void) {}

/* Makes room for so many bytes. */
static void arena_extend(size_t bytes)
{
    region_commit(&young.region, (size_t)(young.next - young.start) + bytes);
    young.end = young.start + young.region.committed;
}

static __attribute__((noinline)) ref object_new_slow(struct shape shape)
{
    if (arena_in_request) {
        arena_extend(young_room(shape_bytes(shape)));
        return young_object_new(shape);
    }
    return ref_of_old(old_object_make(shape));
}

/* In the arena, right behind the object that it belongs to. */
static ref *arena_take_buffer(size_t references)
{
    size_t bytes = references * sizeof(ref);
    if (references == 0) {
        return NULL;
    }
    if (young_room(bytes) > (size_t)(young.end - young.next)) {
        arena_extend(young_room(bytes));
    }
    ref *items = memset(young.next, 0, bytes);
    young.next += young_room(bytes);
    return items;
}

static inline ref object_new_buffered(uint8_t kind, size_t references)
{
    struct shape shape = {kind, 0, sizeof(struct buffer)};
    ref *items = arena_in_request ? NULL : heap_take_buffer(references);
    ref created = object_new(shape);
    struct object *object = ref_object(created);
    if (arena_in_request) {
        items = arena_take_buffer(references);
    }
    object->header |= HEADER_BUFFERED;
    *object_buffer(object) = (struct buffer){items, references};
    return created;
}

/* Copies out what escaped, and drops the rest. */
static void arena_empty(void)
{
    if (young.next != young.start) {
        minor_evacuate();
        young_reset();
    }
}

static void arena_collect(enum collection_kind kind, enum collection_why why)
{
    uint64_t start = collection_begin(PHASE_MARK);
    arena_empty();
    if (kind == COLLECTION_FULL) {
        mark_sweep_mark();
        mark_sweep_finish();
    }
    collection_finish(kind, why, start);
}

static void heap_exhausted(void)
{
    if (!minor.running) {
        arena_collect(COLLECTION_FULL, COLLECTION_THRESHOLD);
    }
}

static void arena_request_begin(void)
{
    arena_in_request = true;
    young.end = young.start + young.region.committed;
}

/* The copying out belongs to the request, and is not logged. */
static void arena_request_end(void)
{
    arena_empty();
    arena_in_request = false;
    young.end = young.start;
    if (option_arena_after_request == ARENA_DISCARD) {
        region_discard(&young.region, 0);
        young.high = young.start;
    }
    if (heap.handed_out > heap.budget) {
        heap_exhausted();
    }
}

static void arena_after_fork(unsigned worker)
{
    mark_sweep_after_fork(worker);
    minor_after_fork();
    remembered_after_fork();
    rewritten_pages_after_fork();
}

static void arena_open(void)
{
    swept_open();
    rewritten_pages_open();
    remembered_open();
    region_open(&young.region, "arena", REGION_OBJECTS, (size_t)option_reserve);
    young.next = young.start = young.region.start;
    young.end = young.high = young.left = young.start;
    young.most = SIZE_MAX;
}

static void arena_close(void)
{
    region_close(&young.region);
    remembered_close();
    rewritten_pages_close();
    swept_close();
}

static void arena_each_region(region_visitor *visit, void *context)
{
    visit(&young.region, context);
    swept_each_region(visit, context);
    remembered_each_region(visit, context);
    rewritten_pages_each_region(visit, context);
}

static void arena_each_extent(extent_visitor *visit, void *context)
{
    young_each_extent(visit, context);
    swept_each_extent(visit, context);
}

static const void *arena_mark_of(const struct object *object)
{
    return young_holds(object) ? NULL : mark_of(object);
}

static void arena_counters(number_visitor *visit, void *context)
{
    mark_sweep_counters(visit, context);
    minor_counters(visit, context);
    remembered_counters(visit, context);
    forwarding_counters(visit, context);
}

static void arena_prepare_gc(void)
{
    arena_collect(COLLECTION_FULL, COLLECTION_ASKED);
}

static const struct metadata metadata[] = {
    MARK_METADATA,
    SWEEP_METADATA,
    REMEMBERED_METADATA,
    FORWARDING_METADATA,
    {"object", "body", 0, 0,
     "at the end of a request: escaped objects, copied into free cells"},
};

static const struct parameter options[] = {
    SWEEP_OPTIONS,
    {"arena-after-request", &option_arena_after_request, 0, 1, "reuse|discard",
     NULL, "keep the arena's pages for the next request, or give them back"},
};

static const struct prepare_step prepare[] = {
    {"gc", "a full collection", arena_prepare_gc},
};

const struct collector collector = {
    .name = "arena",
    .about = "an arena for each request, dropped at its end, and mark-side",
    .stands_for = "PHP's request heap, Erlang's short processes",
    COLLECTOR_DATA,
    .open = arena_open,
    .close = arena_close,
    .collect = arena_collect,
    .before_fork = nothing_before_fork,
    .after_fork = arena_after_fork,
    .request_begin = arena_request_begin,
    .request_end = arena_request_end,
    .each_region = arena_each_region,
    .each_extent = arena_each_extent,
    .mark_of = arena_mark_of,
    .is_pinned = nothing_is_pinned,
    .counters = arena_counters,
    .verify = heap_verify,
};

#include "workloads/all.h"
