/* cycle.h: when cyclic garbage is looked for: CPython's three generations.
 *
 * Counts free everything but cycles.  Containers that were made since the last
 * collection are generation 0; what survives a collection goes into the next
 * generation.  Generation 0 is collected when so many more containers were made
 * than freed, generation 1 with every so manieth collection of 0, and
 * generation 2 with every so manieth of 1, if what came to it since its last
 * collection is a quarter of what it had then.
 *
 * A collection looks at one generation and the younger ones.  An object of
 * these that is held by more than the others of these are, and whatever it
 * leads to, lives; the rest is garbage, and lets go of everything that it
 * holds, after which the counts free it.  How generations and the sets that a
 * collection works on are kept is the part's that includes this one
 * (cycle-list.h, cycle-bitmap.h). */
#ifndef HEAP_CYCLE_H
#define HEAP_CYCLE_H

#include "heap/collection-log.h"
#include "heap/counted-heap.h"

#define CYCLE_GENERATIONS 3
#define CYCLE_OLDEST      (CYCLE_GENERATIONS - 1)

enum { CYCLIC_ALWAYS, CYCLIC_WORKERS, CYCLIC_NEVER };

#ifndef CYCLIC_DEFAULT
#define CYCLIC_DEFAULT CYCLIC_ALWAYS
#endif

static int64_t option_cyclic = CYCLIC_DEFAULT;
static int64_t option_threshold0 = 700;
static int64_t option_threshold1 = 10;
static int64_t option_threshold2 = 10;

#define CYCLE_OPTIONS                                                          \
    {"cyclic",                                                                 \
     &option_cyclic,                                                           \
     0,                                                                        \
     2,                                                                        \
     "always|workers|never",                                                   \
     NULL,                                                                     \
     "where the cyclic collector runs by itself: in the template too "         \
     "(gc.enable), in workers only, or nowhere (gc.disable)"},                 \
        {"threshold0",                                                         \
         &option_threshold0,                                                   \
         1,                                                                    \
         INT64_C(1) << 40,                                                     \
         NULL,                                                                 \
         "containers",                                                         \
         "made beyond those freed: collect generation 0"},                     \
        {"threshold1",                                                         \
         &option_threshold1,                                                   \
         1,                                                                    \
         1000000,                                                              \
         NULL,                                                                 \
         "collections",                                                        \
         "of generation 0, between two of generation 1"},                      \
    {                                                                          \
        "threshold2", &option_threshold2, 1, 1000000, NULL, "collections",     \
            "of generation 1, between two of generation 2"                     \
    }

static struct {
    bool is_on;
    bool is_running;
    int64_t made; /* containers made less those freed, since generation 0 was
                   * collected */
    unsigned passed[CYCLE_GENERATIONS];  /* collections of the younger one */
    uint64_t long_lived, long_lived_new; /* in generation 2; since its last */
    uint64_t collections, minor_collections;
    uint64_t looked_at, garbage; /* objects, of all collections */
    uint64_t partition_ns;       /* to make the set that is looked at, and to
                                  * put what lives into the next generation */
    uint64_t partition_steps;    /* the part says what they are */
} cycle;

/* Finds and frees the garbage of a generation and the younger ones, and puts
 * what lives into the next.  Returns the number of objects that live. */
static uint64_t cycle_collect_to(unsigned generation);

static void cycle_run(unsigned generation)
{
    cycle.is_running = true;
    cycle.made = 0;
    for (unsigned i = 1; i <= generation; i++) {
        cycle.passed[i] = 0;
    }
    if (generation < CYCLE_OLDEST) {
        cycle.passed[generation + 1]++;
    }
    uint64_t live = cycle_collect_to(generation);
    locals_reconcile();
    if (generation == CYCLE_OLDEST) {
        cycle.long_lived = live;
        cycle.long_lived_new = 0;
        cycle.collections++;
        mark_stack_release();
    } else {
        cycle.minor_collections++;
        if (generation == CYCLE_OLDEST - 1) {
            cycle.long_lived_new += live;
        }
    }
    cycle.is_running = false;
}

/* The oldest generation whose time has come. */
static unsigned cycle_due(void)
{
    if (cycle.passed[2] > (uint64_t)option_threshold2 &&
        cycle.long_lived_new >= cycle.long_lived / 4) {
        return 2;
    }
    return cycle.passed[1] > (uint64_t)option_threshold1;
}

static __attribute__((noinline)) void cycle_threshold(void)
{
    locals_reconcile();
    if (cycle.made <= option_threshold0) {
        return;
    }
    uint64_t start = collection_begin(PHASE_MARK);
    unsigned generation = cycle_due();
    cycle_run(generation);
    collection_finish(generation == CYCLE_OLDEST ? COLLECTION_FULL
                                                 : COLLECTION_MINOR,
                      COLLECTION_THRESHOLD, start);
}

static inline void cycle_account(void)
{
    if (__builtin_expect(++cycle.made > option_threshold0, 0) && cycle.is_on &&
        !cycle.is_running) {
        cycle_threshold();
    }
}

/* A container was freed. */
static inline void cycle_forget(void)
{
    cycle.made -= cycle.made > 0;
}

static void cycle_asked(enum collection_kind kind, enum collection_why why)
{
    uint64_t start = collection_begin(PHASE_MARK);
    locals_reconcile();
    cycle_run(kind == COLLECTION_FULL ? CYCLE_OLDEST : 0);
    collection_finish(kind, why, start);
}

static void cycle_begin(void)
{
    memset(&cycle, 0, sizeof cycle);
    cycle.is_on = option_cyclic == CYCLIC_ALWAYS;
}

static void cycle_after_fork(void)
{
    cycle.is_on = option_cyclic != CYCLIC_NEVER;
    cycle.collections = cycle.minor_collections = 0;
    cycle.looked_at = cycle.garbage = 0;
    cycle.partition_ns = cycle.partition_steps = 0;
}

static void cycle_counters(number_visitor *visit, void *context)
{
    visit("collections", cycle.collections, context);
    visit("minor_collections", cycle.minor_collections, context);
    visit("looked_at_objects", cycle.looked_at, context);
    visit("garbage_objects", cycle.garbage, context);
    visit("partition_ns", cycle.partition_ns, context);
    visit(CYCLE_PARTITION_STEPS, cycle.partition_steps, context);
}

/* The holders of an object as a collection begins with them: more than there
 * can be references where the count does not tell. */
static inline int64_t cycle_holders(const struct object *object)
{
    return count_is_exact(object) ? (int64_t)count_load(object) : INT64_MAX;
}

/* Calls for each object that an object holds. */
static inline __attribute__((always_inline)) void
cycle_each_held(struct object *object, void *context,
                void (*visit)(struct object *held, void *context))
{
    size_t count;
    const ref *slots = object_references(object, &count);
    for (size_t i = 0; i < count; i++) {
        struct object *held = ref_object(slots[i]);
        if (held != NULL) {
            visit(held, context);
        }
    }
}

/* Lets garbage go: the caller holds the object while it lets go of everything
 * that it holds itself (CPython's tp_clear). */
static void cycle_clear(struct object *object)
{
    size_t count;
    ref *slots = object_references(object, &count);
    for (size_t i = 0; i < count; i++) {
        ref held = slots[i];
        slots[i] = REF_NULL;
        if (!ref_is_null(held) && count_down(ref_object(held))) {
            object_lost(ref_object(held));
        }
    }
}

/* For each container that the frames hold, where counts do not tell of them. */
static inline void cycle_each_uncounted(void (*visit)(struct object *object))
{
    if (LOCALS_ARE_COUNTED) {
        return;
    }
    for (const struct frame *frame = frame_top; frame; frame = frame->caller) {
        for (size_t i = 0; i < frame->count; i++) {
            struct object *object = ref_object(frame->roots[i].reference);
            if (object != NULL && object_is_container(object)) {
                visit(object);
            }
        }
    }
}

#endif
