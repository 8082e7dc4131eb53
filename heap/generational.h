/* generational.h: a nursery, and an old generation that survivors go to.
 *
 * It is included after a promotion (rewrite-promotion.h or table-promotion.h)
 * and a means of remembering, by an old generation: minimark.h is one,
 * gencopy.h another.  A major collection begins with a minor one, so that
 * it finds no young object; it is never started while objects are being
 * promoted, but after that, when the promoted bytes have used up the budget. */
#ifndef HEAP_GENERATIONAL_H
#define HEAP_GENERATIONAL_H

#include "heap/barriered-store.h"
#include "heap/buffered.h"
#include "heap/collection-log.h"
#include "heap/minor.h"
#include "heap/nothing.h"
#include "heap/nursery.h"
#include "heap/verify.h"

/* The old generation's.  The nursery is empty when it is asked to collect or
 * to prepare for a fork; only old objects are asked for their marks. */
static void old_collect(void);
static bool old_is_full(void);
static void old_before_fork(void);
static void old_after_fork(unsigned worker);
static void old_open(void);
static void old_close(void);
static void old_each_region(region_visitor *visit, void *context);
static void old_each_extent(extent_visitor *visit, void *context);
static const void *old_mark_of(const struct object *object);
static void old_counters(number_visitor *visit, void *context);

static inline void store_barrier(struct object *object, const ref *slot)
{
    remember_stored(object, slot);
}

static void generational_minor(void)
{
    minor_evacuate();
    nursery_reset();
    minor_renew();
}

/* The nursery is empty. */
static void generational_full(void)
{
    remembered_before_full();
    old_collect();
    minor_renew();
}

static void generational_collect(enum collection_kind kind,
                                 enum collection_why why)
{
    uint64_t start = collection_begin(PHASE_MARK);
    generational_minor();
    if (kind == COLLECTION_FULL) {
        generational_full();
    }
    collection_finish(kind, why, start);
}

static void heap_exhausted(void)
{
    if (!minor.running) {
        generational_collect(COLLECTION_FULL, COLLECTION_THRESHOLD);
    }
}

/* An object that is old from birth. */
static ref old_object_new(struct shape shape)
{
    struct object *object = old_object_make(shape);
    remembered_made(object);
    return ref_of_old(object);
}

static __attribute__((noinline)) ref object_new_slow(struct shape shape)
{
    if (shape_bytes(shape) > young.most) {
        return old_object_new(shape);
    }
    generational_collect(COLLECTION_MINOR, COLLECTION_THRESHOLD);
    if (old_is_full()) {
        uint64_t start = collection_begin(PHASE_MARK);
        generational_full();
        collection_finish(COLLECTION_FULL, COLLECTION_THRESHOLD, start);
    }
    return young_object_new(shape);
}

/* The buffer is old from birth, and the object young if any is. */
static inline ref object_new_buffered(uint8_t kind, size_t references)
{
    ref made = buffered_new(kind, references);
    struct object *object = ref_object(made);
    if (young_holds(object)) {
        young_has_buffer(object);
    } else {
        object_promoted(object);
    }
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
    old_before_fork();
}

static void generational_after_fork(unsigned worker)
{
    promotion_after_fork();
    old_after_fork(worker);
    minor_after_fork();
    nursery_after_fork();
    remembered_after_fork();
}

static void generational_open(void)
{
    old_open();
    nursery_open();
    remembered_open();
    promotion_open(young.region.reserved);
}

static void generational_close(void)
{
    promotion_close();
    remembered_close();
    region_close(&young.region);
    old_close();
}

static void generational_each_region(region_visitor *visit, void *context)
{
    visit(&young.region, context);
    old_each_region(visit, context);
    remembered_each_region(visit, context);
    promotion_each_region(visit, context);
}

static void generational_each_extent(extent_visitor *visit, void *context)
{
    young_each_extent(visit, context);
    old_each_extent(visit, context);
}

/* Young objects have no mark. */
static const void *generational_mark_of(const struct object *object)
{
    return young_holds(object) ? NULL : old_mark_of(object);
}

static void generational_counters(number_visitor *visit, void *context)
{
    old_counters(visit, context);
    minor_counters(visit, context);
    remembered_counters(visit, context);
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
    OLD_METADATA,
    REMEMBERED_METADATA,
    PROMOTION_METADATA,
    {"object", "body", 0, 0,
     "by minor collections: where promoted objects are copied to"},
};

static const struct parameter generational_options[] = {
    NURSERY_OPTIONS, REMEMBERED_OPTIONS OLD_OPTIONS};

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
        .is_pinned = nothing_is_pinned,                                        \
        .counters = generational_counters,                                     \
        .verify = heap_verify,                                                 \
    }

#endif
