/* generation-bits.h: bitmaps beside the heap that say which containers in cells
 * there are, and of which generation.
 *
 * A bit for each granule.  Two bitmaps tell a container's generation: none (its
 * cell is no container, or is free), 0, 1 or 2.  A third keeps that an object
 * was finalised, and a fourth is the set of what a collection has not reached,
 * empty between two.
 *
 * So that a young collection need not look through all of them, a small bitmap
 * for each generation says in which stretches of the heap it may have
 * something. */
#ifndef HEAP_GENERATION_BITS_H
#define HEAP_GENERATION_BITS_H

#include "heap/bits.h"
#include "heap/cycle.h"

#define GENERATION_BITS_METADATA                                               \
    {"generation", "side", 2, OBJECT_GRANULE,                                  \
     "of containers in cells: when one comes, goes, or outlives a cyclic "     \
     "collection of its generation; and three bits for each 64 KiB"},          \
        {"finalised", "side", 1, OBJECT_GRANULE,                               \
         "set before garbage in cycles is cleared, and cleared when its cell " \
         "has a container again"},                                             \
    {                                                                          \
        "unreachable", "side", 1, OBJECT_GRANULE,                              \
            "of containers in cells, in each cyclic collection that looks at " \
            "them; given back by a full one"                                   \
    }

/* What one bit of a summary stands for. */
#define STRETCH_BYTES ((size_t)65536)
#define STRETCH_WORDS (STRETCH_BYTES / OBJECT_GRANULE / 64)

static struct {
    struct region low, high; /* of the generation + 1 */
    struct region finalised;
    struct region unreachable;
    struct region summary; /* of stretches, one for each generation */
    size_t summary_words;  /* of each */
} generation_bits;

/* Where an object's bit is, in every bitmap. */
struct bit_place {
    size_t word;
    uint64_t bit;
};

static inline size_t bit_granule(const struct object *object)
{
    return (size_t)((const char *)object - heap.small.region.start) /
           OBJECT_GRANULE;
}

static inline struct bit_place bit_place(const struct object *object)
{
    size_t granule = bit_granule(object);
    return (struct bit_place){granule / 64, UINT64_C(1) << granule % 64};
}

static inline uint64_t *bit_words(const struct region *bits)
{
    return (uint64_t *)bits->start;
}

static inline bool bit_test(const struct region *bits, struct bit_place place)
{
    return bit_words(bits)[place.word] & place.bit;
}

/* These write a word only where it changes. */
static inline void bit_set(const struct region *bits, struct bit_place place)
{
    if (!bit_test(bits, place)) {
        bit_words(bits)[place.word] |= place.bit;
    }
}

static inline void bit_clear(const struct region *bits, struct bit_place place)
{
    if (bit_test(bits, place)) {
        bit_words(bits)[place.word] &= ~place.bit;
    }
}

static inline void word_put(const struct region *bits, size_t word,
                            uint64_t value)
{
    if (bit_words(bits)[word] != value) {
        bit_words(bits)[word] = value;
    }
}

/* The place of a stretch in the summary of a generation. */
static inline struct bit_place stretch_place(unsigned generation,
                                             size_t stretch)
{
    return (struct bit_place){generation * generation_bits.summary_words +
                                  stretch / 64,
                              UINT64_C(1) << stretch % 64};
}

/* A new container, in generation 0. */
static inline void generation_begin(const struct object *object)
{
    struct bit_place place = bit_place(object);
    bit_words(&generation_bits.low)[place.word] |= place.bit;
    bit_clear(&generation_bits.finalised, place);
    bit_set(&generation_bits.summary,
            stretch_place(0, place.word / STRETCH_WORDS));
}

/* It is a container no more. */
static inline void generation_end(const struct object *object)
{
    struct bit_place place = bit_place(object);
    bit_clear(&generation_bits.low, place);
    bit_clear(&generation_bits.high, place);
    if (cycle.is_running) {
        bit_clear(&generation_bits.unreachable, place);
    }
}

/* The containers of a generation and the younger ones, in one word. */
static inline uint64_t generation_word(unsigned generation, size_t word)
{
    uint64_t low = bit_words(&generation_bits.low)[word];
    uint64_t high = bit_words(&generation_bits.high)[word];
    return generation == 0   ? low & ~high
           : generation == 1 ? low ^ high
                             : low | high;
}

/* Puts them all into the next generation. */
static inline uint64_t generation_word_promote(unsigned generation, size_t word)
{
    uint64_t set = generation_word(generation, word);
    uint64_t low = bit_words(&generation_bits.low)[word];
    uint64_t high = bit_words(&generation_bits.high)[word];
    word_put(&generation_bits.low, word,
             generation == 0 ? low & ~set : low | set);
    word_put(&generation_bits.high, word, high | set);
    return set;
}

/* Calls for each stretch that may have containers of a generation or the
 * younger ones. */
static inline __attribute__((always_inline)) void
stretches_each(unsigned generation, void *context,
               void (*visit)(size_t stretch, void *context))
{
    size_t bytes = heap.small.block_count * heap.small.block_bytes;
    size_t stretches = (bytes + STRETCH_BYTES - 1) / STRETCH_BYTES;
    for (size_t first = 0; first < stretches; first += 64) {
        uint64_t some = 0;
        for (unsigned i = 0; i <= generation; i++) {
            some |= bit_words(
                &generation_bits.summary)[stretch_place(i, first).word];
        }
        for (; some != 0; some &= some - 1) {
            visit(first + (size_t)__builtin_ctzl(some), context);
        }
    }
}

/* A stretch, all of whose containers of a generation and the younger ones are
 * in the next one now. */
static inline void stretch_promoted(unsigned generation, size_t stretch,
                                    bool has_some)
{
    unsigned next = generation < CYCLE_OLDEST ? generation + 1 : generation;
    for (unsigned i = 0; i <= generation; i++) {
        if (i != next || !has_some) {
            bit_clear(&generation_bits.summary, stretch_place(i, stretch));
        }
    }
    if (has_some) {
        bit_set(&generation_bits.summary, stretch_place(next, stretch));
    }
}

/* Calls for each granule of a stretch where a container is unreachable, as long
 * as it is. */
static inline __attribute__((always_inline)) void
stretch_each_unreached(size_t stretch, void (*visit)(size_t granule))
{
    const uint64_t *words = bit_words(&generation_bits.unreachable);
    size_t first = stretch * STRETCH_WORDS;
    for (size_t word = first; word < first + STRETCH_WORDS; word++) {
        uint64_t left = words[word];
        while (left != 0) {
            visit(word * 64 + (size_t)__builtin_ctzl(left));
            left &= left - 1;
            left &= words[word];
        }
    }
    cycle.partition_steps += STRETCH_WORDS;
}

static inline void bits_open(struct region *bits, const char *name,
                             const char *kind, size_t count)
{
    region_open(bits, name, kind, (count + 7) / 8);
    region_commit(bits, bits->reserved);
}

static void generation_bits_open(void)
{
    size_t bytes = heap.small.region.reserved;
    size_t granules = bytes / OBJECT_GRANULE;
    bits_open(&generation_bits.low, "generation-low", "generation", granules);
    bits_open(&generation_bits.high, "generation-high", "generation", granules);
    bits_open(&generation_bits.finalised, "finalised", "finalised", granules);
    bits_open(&generation_bits.unreachable, "unreachable", "unreachable",
              granules);
    generation_bits.summary_words = bytes / STRETCH_BYTES / 64 + 1;
    bits_open(&generation_bits.summary, "stretches", "generation",
              CYCLE_GENERATIONS * generation_bits.summary_words * 64);
}

static void generation_bits_close(void)
{
    region_close(&generation_bits.low);
    region_close(&generation_bits.high);
    region_close(&generation_bits.finalised);
    region_close(&generation_bits.unreachable);
    region_close(&generation_bits.summary);
}

static void generation_bits_each_region(region_visitor *visit, void *context)
{
    visit(&generation_bits.low, context);
    visit(&generation_bits.high, context);
    visit(&generation_bits.finalised, context);
    visit(&generation_bits.unreachable, context);
    visit(&generation_bits.summary, context);
}

#endif
