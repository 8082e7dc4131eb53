/* sticky.h: generations without moving, by mark bits that stick: Ruby's RGenGC.
 *
 * An object that has survived three collections is old.  A minor collection
 * starts from the marks of all old objects (Ruby copies its uncollectible bits
 * over its mark bits), so it traces from the frames and the remembered objects
 * and never through the old ones; its sweep passes over the whole heap.  A full
 * collection starts from no mark.
 *
 * A store into an old object remembers it: a bit beside the heap and an entry
 * in a list, no header.  So does the tracing when an old object still refers to
 * a young one, unless that becomes old with it (option reached-from-old), as in
 * Ruby until 3.2: there an array of a million strings is 74 % old when it has
 * been made, a tree of as many arrays, built from its leaves up, 42 %.
 *
 * A collection that the heap asks for is full when the old objects have doubled
 * since the last full one (Ruby: RUBY_GC_HEAP_OLDOBJECT_LIMIT_FACTOR), and
 * minor otherwise.  A minor one that frees less than a fifth of the heap is
 * followed by a full one at once, if the last of these is three collections ago
 * (Ruby: RUBY_GC_HEAP_FREE_SLOTS_MIN_RATIO, `nofree`).
 *
 * It is included after mark-side.h and a placement of the age.  Departs from
 * Ruby: the barrier does not look at the value stored; nothing is marked
 * incrementally; no object lacks the barrier; one budget where Ruby counts
 * slots, pages and malloc's bytes. */
#ifndef HEAP_STICKY_H
#define HEAP_STICKY_H

#include "heap/direct.h"

#include "heap/address-list.h"
#include "heap/allocate.h"
#include "heap/barriered-store.h"
#include "heap/sweep-marked.h"
#include "heap/swept-heap.h"

enum { FORK_IN_QUIET, FORK_IN_MINOR, FORK_IN_MAJOR };

enum { REACHED_AGES, REACHED_OLD };
enum { STACK_GIVEN_BACK, STACK_KEPT };

static int64_t option_fork_in = FORK_IN_QUIET;
static int64_t option_reached_from_old = REACHED_AGES;
static int64_t option_mark_stack = STACK_GIVEN_BACK;

#define STICKY_OPTION_REACHED                                                  \
    {                                                                          \
        "reached-from-old", &option_reached_from_old, 0, 1, "ages|old", NULL,  \
            "an object that an old one refers to ages as others do (Ruby "     \
            "since 3.3), or is old with it (until 3.2)"                        \
    }

#define STICKY_OPTION_STACK                                                    \
    {                                                                          \
        "mark-stack", &option_mark_stack, 0, 1, "given-back|kept", NULL,       \
            "the memory of the marking after it: kept, as Ruby does, it is "   \
            "inherited, and broken by a worker's marking"                      \
    }

#define STICKY_OPTION_FORK_IN                                                  \
    {                                                                          \
        "fork-in", &option_fork_in, 0, 2, "quiet|minor|major", NULL,           \
            "fork between collections, or when the template has marked for "   \
            "a minor or a full one and not swept"                              \
    }

#define STICKY_OPTIONS                                                         \
    SWEEP_OPTIONS, STICKY_OPTION_REACHED, STICKY_OPTION_STACK,                 \
        STICKY_OPTION_FORK_IN

#define STICKY_METADATA                                                        \
    MARK_METADATA, AGE_METADATA,                                               \
        {"old", "side", 1, OBJECT_GRANULE,                                     \
         "when an object becomes old, and when it dies"},                      \
        {"remembered-flag", "side", 1, OBJECT_GRANULE,                         \
         "by the barrier and the marking, for old objects"},                   \
        {"remembered-set", "side", 64, 0, "an entry for each of these"},       \
        SWEEP_METADATA

#define AGE_OLD            3u
#define STICKY_OLD_FACTOR  2u /* Ruby's default */
#define STICKY_FREED_SHARE 5u /* a fifth, likewise */

static struct {
    struct region old;              /* bits */
    struct region remembered_flags; /* bits */
    struct address_list remembered; /* objects */
    bool promotes;                  /* survivors become old at once */
    unsigned since_full;            /* minor collections */
    uint64_t old_objects;
    uint64_t old_limit; /* more of them ask for a full collection */
} sticky;

static struct {
    uint64_t collections;
    uint64_t minor_collections; /* of these */
    uint64_t marked_objects;    /* by the last one */
    uint64_t promoted_objects;
    uint64_t promoted_bytes;
    uint64_t old_to_young_references; /* left by collections */
    uint64_t barrier_slow_paths;
} sticky_counts;

static void sticky_open(void)
{
    swept_open();
    age_open();
    side_bits_open(&sticky.old, "old", "old");
    side_bits_open(&sticky.remembered_flags, "remembered-flags",
                   "remembered-flag");
    address_list_open(&sticky.remembered, "remembered", "remembered-set",
                      heap.objects.reserved / OBJECT_GRANULE);
}

static void sticky_close(void)
{
    region_close(&sticky.old);
    region_close(&sticky.remembered_flags);
    region_close(&sticky.remembered.region);
    age_close();
    swept_close();
}

static void sticky_each_region(region_visitor *visit, void *context)
{
    swept_each_region(visit, context);
    age_each_region(visit, context);
    visit(&sticky.old, context);
    visit(&sticky.remembered_flags, context);
    visit(&sticky.remembered.region, context);
}

static inline void sticky_remember(struct object *object)
{
    if (!side_bit_test_and_set(&sticky.remembered_flags, object)) {
        address_list_add(&sticky.remembered, (uintptr_t)object);
    }
}

static __attribute__((noinline)) void sticky_store_into_old(struct object *old)
{
    sticky_counts.barrier_slow_paths++;
    sticky_remember(old);
}

static inline void store_barrier(struct object *object, const ref *slot)
{
    (void)slot;
    if (__builtin_expect(side_bit(&sticky.old, object), 0)) {
        sticky_store_into_old(object);
    }
}

static inline void sticky_become(struct object *object, unsigned age)
{
    age_set(object, age);
    if (age == AGE_OLD) {
        side_bit_test_and_set(&sticky.old, object);
        sticky_counts.promoted_objects++;
        sticky_counts.promoted_bytes += object_bytes(object);
        sticky.old_objects++;
    }
}

/* The object is marked: a collection older. */
static inline void sticky_survive(struct object *object)
{
    if (side_bit(&sticky.old, object)) {
        sticky.old_objects++;
    } else {
        sticky_become(object, sticky.promotes ? AGE_OLD : age_of(object) + 1);
    }
}

static inline struct object *sticky_visit(ref *slot)
{
    struct object *object = ref_object(*slot);
    if (object == NULL || mark_test_and_set(object)) {
        return NULL;
    }
    sticky_survive(object);
    return object;
}

/* The same for a slot of an old object.  One that is young although it was
 * marked before, through a young object, has slots to be visited anew. */
static inline struct object *sticky_visit_from_old(ref *slot)
{
    struct object *reached = sticky_visit(slot);
    struct object *object = ref_object(*slot);
    if (object == NULL || side_bit(&sticky.old, object)) {
        return reached;
    }
    if (option_reached_from_old == REACHED_OLD) {
        sticky_become(object, AGE_OLD);
        return object;
    }
    sticky_counts.old_to_young_references++;
    return reached;
}

/* Visits the slots of an old object; one that refers to a young object, which
 * has its age for this collection by now, is remembered. */
static inline void sticky_scan_old(struct object *object)
{
    uint64_t before = sticky_counts.old_to_young_references;
    trace_object(object, sticky_visit_from_old);
    if (sticky_counts.old_to_young_references != before) {
        sticky_remember(object);
    }
}

static inline void sticky_scan(struct object *object)
{
    sticky_counts.marked_objects++;
    if (side_bit(&sticky.old, object)) {
        sticky_scan_old(object);
    } else {
        trace_object(object, sticky_visit);
    }
}

/* An object is asked for when it leaves the stack and scanned some objects
 * later, as trace_drain_ahead() does with slots: here the object whose slots
 * these are has to be known. */
static void sticky_drain(void)
{
    struct object *ahead[TRACE_AHEAD] = {NULL};
    unsigned next = 0;
    unsigned idle = 0; /* places in turn that were empty and stayed so */
    sticky_counts.marked_objects = 0;
    while (idle < TRACE_AHEAD) {
        struct object **place = &ahead[next++ % TRACE_AHEAD];
        struct object *due = *place;
        *place = mark_stack_is_empty() ? NULL : mark_stack_pop();
        __builtin_prefetch(*place);
        idle = due == NULL && *place == NULL ? idle + 1 : 0;
        if (due != NULL) {
            sticky_scan(due);
        }
    }
}

/* Empties the list; those that scanning remembers again fill it from below. */
static void sticky_take_remembered(bool scan)
{
    const uintptr_t *end = sticky.remembered.end;
    const uintptr_t *entry = address_list_start(&sticky.remembered);
    address_list_clear(&sticky.remembered);
    for (; entry < end; entry++) {
        struct object *object = (struct object *)*entry;
        side_bit_test_and_clear(&sticky.remembered_flags, object);
        if (scan) {
            sticky_scan_old(object);
        }
    }
}

static void sticky_mark(enum collection_kind kind)
{
    sweep_finish();
    if (kind == COLLECTION_FULL) {
        mark_begin();
        sticky.old_objects = 0;
        sticky.since_full = 0;
    } else {
        side_bits_copy(&marks, &sticky.old);
        sticky.since_full++;
    }
    sticky_take_remembered(kind == COLLECTION_MINOR);
    trace_roots(sticky_visit);
    sticky_drain();
    if (kind == COLLECTION_FULL) {
        side_bits_keep(&sticky.old, &marks);
        sticky.old_limit = STICKY_OLD_FACTOR * sticky.old_objects;
    }
    age_forget_dead();
    if (option_mark_stack == STACK_GIVEN_BACK) {
        mark_stack_release();
    }
    sweep_begin();
}

static void sticky_collect(enum collection_kind kind, enum collection_why why)
{
    uint64_t start = collection_begin(PHASE_MARK);
    sticky_mark(kind);
    if (option_sweep == SWEEP_EAGER) {
        sweep_finish();
    }
    sticky_counts.collections++;
    sticky_counts.minor_collections += kind == COLLECTION_MINOR;
    collection_finish(kind, why, start);
}

/* Collects the young objects; whether it was of little use. */
static bool sticky_collect_minor(void)
{
    sweep_finish();
    uint64_t before = sweep.in_use_bytes + heap.handed_out;
    sticky_collect(COLLECTION_MINOR, COLLECTION_THRESHOLD);
    if (sticky.since_full < AGE_OLD) {
        return false;
    }
    sweep_finish();
    return before - sweep.in_use_bytes < before / STICKY_FREED_SHARE;
}

static void heap_exhausted(void)
{
    if (sticky.old_objects > sticky.old_limit || sticky_collect_minor()) {
        sticky_collect(COLLECTION_FULL, COLLECTION_THRESHOLD);
    }
}

static void sticky_before_fork(void)
{
    if (option_fork_in != FORK_IN_QUIET && !sweep.pending) {
        sticky_mark(option_fork_in == FORK_IN_MAJOR ? COLLECTION_FULL
                                                    : COLLECTION_MINOR);
    }
}

/* A worker's counters are of its own collections. */
static void sticky_after_fork(unsigned worker)
{
    (void)worker;
    swept_after_fork();
    memset(&sticky_counts, 0, sizeof sticky_counts);
}

static void sticky_prepare_gc(void)
{
    sticky_collect(COLLECTION_FULL, COLLECTION_ASKED);
}

static void sticky_prepare_promote(void)
{
    sticky.promotes = true;
    sticky_collect(COLLECTION_FULL, COLLECTION_ASKED);
    sticky.promotes = false;
}

#define STICKY_PREPARE                                                         \
    {"gc", "a full collection", sticky_prepare_gc},                            \
    {                                                                          \
        "promote", "a full collection after which all that lives is old",      \
            sticky_prepare_promote                                             \
    }

static void sticky_counters(number_visitor *visit, void *context)
{
    visit("collections", sticky_counts.collections, context);
    visit("minor_collections", sticky_counts.minor_collections, context);
    visit("marked_objects", sticky_counts.marked_objects, context);
    visit("promoted_objects", sticky_counts.promoted_objects, context);
    visit("promoted_bytes", sticky_counts.promoted_bytes, context);
    visit("old_objects", sticky.old_objects, context);
    visit("old_to_young_references", sticky_counts.old_to_young_references,
          context);
    visit("barrier_slow_paths", sticky_counts.barrier_slow_paths, context);
    swept_counters(visit, context);
}

#endif
