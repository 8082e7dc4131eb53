/* cycle-bitmap.h: generations told by bitmaps beside the heap.
 *
 * Stands for "Memory bitmaps for the Python cyclic garbage collector", Neil
 * Schemenauer's proposal of September 2017, with the generations' second bit
 * that Antoine Pitrou asked for.  Containers lie in blocks of their own
 * (CELLS_KINDS), with no head before them: 24 bytes less for each.  Copies of
 * counts are in an array that has memory only during a collection.  Large
 * containers keep their heads, and lists.  A collection finds its objects by
 * going through the bitmaps; what lists give for nothing, an order to reach
 * objects in, is a stack here.
 *
 * Departs from it: a bit for each granule of 16 bytes where the proposal has
 * one for each cell of an arena, and so with the copies; a young collection
 * goes by a summary of stretches that have young containers, of which the
 * proposal says nothing: `partition` = crawl does as it says.  Objects have no
 * finalisers: the bit that says that one has run is set where CPython would
 * call it, before garbage is cleared, for containers in cells alone. */
#ifndef HEAP_CYCLE_BITMAP_H
#define HEAP_CYCLE_BITMAP_H

/* What cycle.partition_steps counts: words of the heap's bitmaps that were
 * looked at, in each pass. */
#define CYCLE_PARTITION_STEPS "bitmap_words_scanned"

#include "heap/cycle-head.h"
#include "heap/generation-bits.h"

_Static_assert(CELLS_KINDS == 2, "containers have blocks of their own");

enum { PARTITION_SUMMARY, PARTITION_CRAWL };

static int64_t option_partition = PARTITION_SUMMARY;

#define CYCLE_BITMAP_OPTION                                                    \
    {                                                                          \
        "partition", &option_partition, 0, 1, "summary|crawl", NULL,           \
            "how a young collection finds its objects: by a summary of the "   \
            "heap, or by a crawl through all bitmaps"                          \
    }

#define CYCLE_METADATA                                                         \
    CYCLE_HEAD_METADATA("large containers"), GENERATION_BITS_METADATA,         \
    {                                                                          \
        "count-copy", "side", 32, OBJECT_GRANULE,                              \
            "of containers in cells, in each cyclic collection that looks at " \
            "them; given back at its end"                                      \
    }

#define COPY_MOST UINT32_MAX /* is not exact, and stays */

static struct region cycle_copies; /* a uint32_t for each granule of cells */

/* The collection that runs: which generation, and how much it found to live. */
static unsigned cycle_generation;
static uint64_t cycle_reached;
static size_t cycle_passed; /* the granule that it has come to */

static inline size_t cycle_bytes(bool is_container, bool is_large)
{
    return is_container && is_large ? sizeof(struct cycle_head) : 0;
}

static inline struct object *cell_object(char *cell, bool is_large)
{
    bool is_container = is_large && head_begins(cell);
    return (struct object *)(cell + bytes_before(is_container, is_large));
}

static inline void cycle_track(struct object *object, bool is_large)
{
    if (is_large) {
        cycle_head(object)->copy = CYCLE_REACHABLE;
        list_append(&cycle_lists[0], cycle_head(object));
    } else {
        generation_begin(object);
    }
}

static inline void cycle_untrack(struct object *object, bool is_large)
{
    if (is_large) {
        list_remove(cycle_head(object));
    } else {
        generation_end(object);
    }
    cycle_forget();
}

static inline uint32_t *cycle_copy(size_t granule)
{
    return (uint32_t *)cycle_copies.start + granule;
}

static inline struct object *granule_object(size_t granule)
{
    char *cell = heap.small.region.start + granule * OBJECT_GRANULE;
    return cell_object(cell, false);
}

/* Calls for each stretch where there may be something of the generations that
 * the collection looks at. */
static inline __attribute__((always_inline)) void
cycle_each_stretch(void *context, void (*visit)(size_t stretch, void *context))
{
    bool crawls = option_partition == PARTITION_CRAWL;
    stretches_each(crawls ? CYCLE_OLDEST : cycle_generation, context, visit);
}

/* The passes of a collection.  First, the set that it looks at: nothing of it
 * is reached yet. */
static inline void stretch_gather(size_t stretch, void *looked_at)
{
    size_t first = stretch * STRETCH_WORDS;
    for (size_t word = first; word < first + STRETCH_WORDS; word++) {
        uint64_t set = generation_word(cycle_generation, word);
        word_put(&generation_bits.unreachable, word, set);
        *(uint64_t *)looked_at += bits_set(set);
    }
    cycle.partition_steps += STRETCH_WORDS;
}

static uint64_t cycle_gather(struct cycle_head *set)
{
    uint64_t start = clock_now();
    uint64_t looked_at = 0;
    cycle_each_stretch(&looked_at, stretch_gather);
    for (unsigned i = 0; i < cycle_generation; i++) {
        list_splice(set, &cycle_lists[i]);
    }
    cycle.partition_ns += clock_now() - start;
    return looked_at;
}

/* The copies of their counts. */
static inline void granule_copy(size_t granule)
{
    int64_t holders = cycle_holders(granule_object(granule));
    *cycle_copy(granule) = holders < COPY_MOST ? (uint32_t)holders : COPY_MOST;
}

static inline void stretch_copy(size_t stretch, void *context)
{
    (void)context;
    stretch_each_unreached(stretch, granule_copy);
}

/* Whether an object has a head, and so a place for a copy there. */
static inline bool object_has_head(const struct object *object)
{
    return object_is_large(object) && object_is_container(object);
}

static inline bool is_unreached(const struct object *object)
{
    return !object_is_large(object) &&
           bit_test(&generation_bits.unreachable, bit_place(object));
}

/* Without the references among them.  Of what is held only the bit is looked
 * at, and the copy: an atom has no bit. */
static inline void cycle_take_off(struct object *held, void *context)
{
    (void)context;
    if (is_unreached(held)) {
        uint32_t *copy = cycle_copy(bit_granule(held));
        *copy -= *copy != COPY_MOST;
    } else if (object_has_head(held) && cycle_head(held)->copy > 0) {
        cycle_head(held)->copy--;
    }
}

static inline void granule_take_off(size_t granule)
{
    cycle_each_held(granule_object(granule), NULL, cycle_take_off);
}

static inline void stretch_take_off(size_t stretch, void *context)
{
    (void)context;
    stretch_each_unreached(stretch, granule_take_off);
}

static inline void cycle_add_holder(struct object *object)
{
    if (is_unreached(object)) {
        uint32_t *copy = cycle_copy(bit_granule(object));
        *copy += *copy != COPY_MOST;
    } else if (object_has_head(object) && cycle_head(object)->copy >= 0) {
        cycle_head(object)->copy++;
    }
}

/* What something that lives holds lives, too: the pass will come to it, or it
 * waits, if that is over. */
static inline void cycle_reach(struct object *held, void *context)
{
    (void)context;
    if (is_unreached(held)) {
        uint32_t *copy = cycle_copy(bit_granule(held));
        if (bit_granule(held) > cycle_passed) {
            *copy += *copy == 0;
            return;
        }
        bit_clear(&generation_bits.unreachable, bit_place(held));
    } else if (object_has_head(held) &&
               cycle_head(held)->copy != CYCLE_REACHABLE) {
        cycle_head(held)->copy = CYCLE_REACHABLE;
    } else {
        return;
    }
    cycle_reached++;
    mark_stack_push(held);
}

static inline void cycle_reach_waiting(void)
{
    while (!mark_stack_is_empty()) {
        cycle_each_held(mark_stack_pop(), NULL, cycle_reach);
    }
}

static inline void granule_reach(size_t granule)
{
    if (*cycle_copy(granule) != 0) {
        cycle_passed = granule;
        cycle_reach(granule_object(granule), NULL);
        cycle_reach_waiting();
    }
}

static inline void stretch_reach(size_t stretch, void *context)
{
    (void)context;
    stretch_each_unreached(stretch, granule_reach);
}

/* The rest is garbage. */
static inline void granule_free(size_t granule)
{
    struct object *object = granule_object(granule);
    struct bit_place place = bit_place(object);
    bit_clear(&generation_bits.unreachable, place);
    bit_set(&generation_bits.finalised, place);
    count_up(object);
    cycle_clear(object);
    if (count_down(object)) {
        object_lost(object);
    }
}

static inline void stretch_free(size_t stretch, void *context)
{
    (void)context;
    stretch_each_unreached(stretch, granule_free);
}

/* What is still there is in the next generation. */
static inline void stretch_promote(size_t stretch, void *context)
{
    size_t first = stretch * STRETCH_WORDS;
    uint64_t some = 0;
    (void)context;
    for (size_t word = first; word < first + STRETCH_WORDS; word++) {
        some |= generation_word_promote(cycle_generation, word);
    }
    stretch_promoted(cycle_generation, stretch, some != 0);
    cycle.partition_steps += STRETCH_WORDS;
}

static void cycle_promote(struct cycle_head *set)
{
    uint64_t start = clock_now();
    cycle_each_stretch(NULL, stretch_promote);
    if (cycle_generation < CYCLE_OLDEST) {
        list_splice(&cycle_lists[cycle_generation + 1], set);
    }
    cycle.partition_ns += clock_now() - start;
}

/* The same passes over the large ones. */
static uint64_t heads_copy(struct cycle_head *set)
{
    uint64_t looked_at = 0;
    for (struct cycle_head *head = set->next; head != set; head = head->next) {
        head->copy = cycle_holders(cycle_object(head));
        looked_at++;
    }
    return looked_at;
}

static void heads_take_off(struct cycle_head *set)
{
    for (struct cycle_head *head = set->next; head != set; head = head->next) {
        cycle_each_held(cycle_object(head), NULL, cycle_take_off);
    }
}

static void heads_reach(struct cycle_head *set)
{
    for (struct cycle_head *head = set->next; head != set; head = head->next) {
        if (head->copy > 0) {
            cycle_reach(cycle_object(head), NULL);
            cycle_reach_waiting();
        }
    }
}

static void heads_free(struct cycle_head *set)
{
    struct cycle_head garbage;
    list_begin(&garbage);
    for (struct cycle_head *head = set->next; head != set;) {
        struct cycle_head *next = head->next;
        if (head->copy != CYCLE_REACHABLE) {
            list_remove(head);
            list_append(&garbage, head);
        }
        head = next;
    }
    list_free(&garbage, set);
}

static uint64_t cycle_collect_to(unsigned generation)
{
    struct cycle_head *set = &cycle_lists[generation];
    size_t granules =
        heap.small.block_count * heap.small.block_bytes / OBJECT_GRANULE;
    cycle_generation = generation;
    cycle_reached = 0;
    region_commit(&cycle_copies, granules * sizeof(uint32_t));
    uint64_t looked_at = cycle_gather(set) + heads_copy(set);
    cycle_each_stretch(NULL, stretch_copy);
    cycle_each_stretch(NULL, stretch_take_off);
    heads_take_off(set);
    cycle_each_uncounted(cycle_add_holder);
    cycle_each_stretch(NULL, stretch_reach);
    cycle_passed = SIZE_MAX;
    heads_reach(set);
    phase_enter(PHASE_SWEEP);
    if (cycle_reached < looked_at) {
        heads_free(set);
        cycle_each_stretch(NULL, stretch_free);
    }
    region_discard(&cycle_copies, 0);
    cycle_promote(set);
    if (generation == CYCLE_OLDEST) {
        region_discard(&generation_bits.unreachable, 0);
    }
    cycle.looked_at += looked_at;
    cycle.garbage += looked_at - cycle_reached;
    return cycle_reached;
}

static void cycle_open(void)
{
    cycle_begin();
    lists_open();
    generation_bits_open();
    region_open(&cycle_copies, "count-copies", "count-copy",
                heap.small.region.reserved / OBJECT_GRANULE * sizeof(uint32_t));
}

static void cycle_close(void)
{
    region_close(&cycle_copies);
    generation_bits_close();
    lists_close();
}

static void cycle_each_region(region_visitor *visit, void *context)
{
    visit(&cycle_region, context);
    visit(&cycle_copies, context);
    generation_bits_each_region(visit, context);
}

static inline void cycle_extent(const struct object *object,
                                extent_visitor *visit, void *context)
{
    if (object_is_container(object) && object_is_large(object)) {
        head_extent(object, visit, context);
    }
}

/* A large container has a place of its own, the others have none between two
 * collections. */
static const void *cycle_mark_of(const struct object *object)
{
    return object_is_container(object) && object_is_large(object)
               ? &cycle_head(object)->copy
               : NULL;
}

#endif
