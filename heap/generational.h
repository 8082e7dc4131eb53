/* generational.h: a nursery whose survivors are promoted into the shared heap,
 * which is marked and swept: the family of PyPy's minimark.
 *
 * A member includes a placement of the mark, then a promotion
 * (rewrite-promotion.h or table-promotion.h), then this, and names itself with
 * GENERATIONAL_COLLECTOR.  A major collection begins with a minor one, so that
 * it finds no young object; it is never started while objects are being
 * promoted, but after that, when the promoted bytes have used up the budget. */
#ifndef HEAP_GENERATIONAL_H
#define HEAP_GENERATIONAL_H

#include "heap/barriered-store.h"
#include "heap/buffered.h"
#include "heap/mark-sweep.h"
#include "heap/nursery.h"

enum { FORK_IN_QUIET, FORK_IN_MINOR, FORK_IN_MAJOR };

static int64_t option_fork_in = FORK_IN_QUIET;

#define GENERATIONAL_OPTION_FORK_IN                                            \
    {                                                                          \
        "fork-in", &option_fork_in, 0, 2, "quiet|minor|major", NULL,           \
            "fork with an empty nursery, with one that each worker's first "   \
            "allocation has to empty, or when the template has marked and "    \
            "not swept"                                                        \
    }

static inline void store_barrier(struct object *object)
{
    remember_stored(object);
}

static inline void *old_take(size_t bytes)
{
    return heap_take(&heap.small, &heap.large, bytes);
}

static inline void object_promoted(struct object *copy)
{
    (void)copy; /* its buffer is old from birth */
}

static void generational_minor(void)
{
    minor_evacuate();
    nursery_reset();
}

/* With an empty nursery. */
static void generational_major(void)
{
    mark_sweep_mark();
    promotion_marked();
    mark_sweep_finish();
}

static void generational_collect(enum collection_kind kind,
                                 enum collection_why why)
{
    uint64_t start = clock_now();
    generational_minor();
    if (kind == COLLECTION_FULL) {
        generational_major();
    }
    collection_finish(kind, why, start);
}

static void heap_exhausted(void)
{
    if (!minor.running) {
        generational_collect(COLLECTION_FULL, COLLECTION_THRESHOLD);
    }
}

/* An object that is old from birth.  It may be filled with young references
 * before anything else happens, without a barrier: it is remembered. */
static ref old_object_new(struct shape shape)
{
    struct object *object = old_take(shape_bytes(shape));
    object->header = header_make(shape, HEADER_TRACKED | mark_of_new());
    if (option_zero == ZERO_ALLOCATION) {
        memset(object->words, 0, shape.references * sizeof(ref));
    }
    if (shape.references > 0) {
        object->header &= ~(uint64_t)HEADER_TRACKED;
        remember(object);
    }
    return ref_of_old(object);
}

static __attribute__((noinline)) ref object_new_slow(struct shape shape)
{
    if (shape_bytes(shape) > young.most) {
        return old_object_new(shape);
    }
    generational_collect(COLLECTION_MINOR, COLLECTION_THRESHOLD);
    if (heap.handed_out > heap.budget) {
        uint64_t start = clock_now();
        generational_major();
        collection_finish(COLLECTION_FULL, COLLECTION_THRESHOLD, start);
    }
    return young_object_new(shape);
}

/* The buffer is old from birth, the object young. */
static inline ref object_new_buffered(uint8_t kind, size_t references)
{
    ref made = buffered_new(kind, references);
    young_has_buffer(ref_object(made));
    return made;
}

static void generational_before_fork(void)
{
    if (option_fork_in == FORK_IN_MINOR) {
        nursery_close_full();
        return;
    }
    if (!young_is_empty()) {
        generational_minor();
    }
    if (option_fork_in == FORK_IN_MAJOR && !sweep.pending) {
        mark_sweep_mark();
        promotion_marked();
    }
}

static void generational_after_fork(unsigned worker)
{
    mark_sweep_after_fork(worker);
    minor_after_fork();
    promotion_after_fork();
    nursery_after_fork();
}

static void generational_open(void)
{
    swept_open();
    nursery_open();
    remembered_open(heap.objects.reserved / OBJECT_GRANULE);
    promotion_open(young.region.reserved);
}

static void generational_close(void)
{
    promotion_close();
    region_close(&remembered.objects.region);
    region_close(&young.region);
    swept_close();
}

static void generational_each_region(region_visitor *visit, void *context)
{
    visit(&young.region, context);
    swept_each_region(visit, context);
    visit(&remembered.objects.region, context);
    promotion_each_region(visit, context);
}

static void generational_each_extent(extent_visitor *visit, void *context)
{
    young_each_extent(visit, context);
    swept_each_extent(visit, context);
}

/* Young objects have no mark. */
static const void *generational_mark_of(const struct object *object)
{
    return young_holds(object) ? NULL : mark_of(object);
}

static void generational_counters(number_visitor *visit, void *context)
{
    mark_sweep_counters(visit, context);
    minor_counters(visit, context);
    promotion_counters(visit, context);
}

static void generational_prepare_gc(void)
{
    generational_collect(COLLECTION_FULL, COLLECTION_ASKED);
}

static void generational_prepare_promote(void)
{
    generational_collect(COLLECTION_MINOR, COLLECTION_ASKED);
}

static const struct metadata generational_metadata[] = {
    MARK_METADATA,
    SWEEP_METADATA,
    REMEMBERED_METADATA,
    PROMOTION_METADATA,
    {"object", "body", 0, 0,
     "by minor collections: promoted objects, copied into free cells"},
};

static const struct parameter generational_options[] = {
    SWEEP_OPTIONS, NURSERY_OPTIONS, GENERATIONAL_OPTION_FORK_IN, MARK_OPTIONS};

static const struct prepare_step generational_prepare[] = {
    {"gc", "a full collection", generational_prepare_gc},
    {"promote", "a minor collection: nothing is young after it",
     generational_prepare_promote},
};

#define GENERATIONAL_COLLECTOR(NAME, STANDS_FOR, ABOUT)                        \
    const struct collector collector = {                                       \
        .name = NAME,                                                          \
        .about = ABOUT,                                                        \
        .stands_for = STANDS_FOR,                                              \
        .metadata = generational_metadata,                                     \
        .metadata_count = LENGTH(generational_metadata),                       \
        .options = generational_options,                                       \
        .option_count = LENGTH(generational_options),                          \
        .prepare = generational_prepare,                                       \
        .prepare_count = LENGTH(generational_prepare),                         \
        .open = generational_open,                                             \
        .close = generational_close,                                           \
        .collect = generational_collect,                                       \
        .before_fork = generational_before_fork,                               \
        .after_fork = generational_after_fork,                                 \
        .request_begin = nothing_at_request,                                   \
        .request_end = nothing_at_request,                                     \
        .each_region = generational_each_region,                               \
        .each_extent = generational_each_extent,                               \
        .mark_of = generational_mark_of,                                       \
        .counters = generational_counters,                                     \
        .verify = heap_verify,                                                 \
    }

#endif
