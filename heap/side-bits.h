/* side-bits.h: bitmaps beside the heap, with a bit for each granule of the
 * range of objects, indexed by address alone: 0.78 % of the heap each.
 *
 * Operations on whole bitmaps go over what the heap has handed out so far, and
 * all but side_bits_reset() write a word only where it changes. */
#ifndef HEAP_SIDE_BITS_H
#define HEAP_SIDE_BITS_H

#include "heap/heap.h"

#include <string.h>

static inline void side_bits_open(struct region *bits, const char *name,
                                  const char *kind)
{
    region_open(bits, name, kind, heap.objects.reserved / OBJECT_GRANULE / 8);
    region_commit(bits, bits->reserved);
}

static inline uint64_t *side_bits_word(const struct region *bits,
                                       const void *address, uint64_t *bit)
{
    size_t granule =
        (size_t)((const char *)address - heap.objects.start) / OBJECT_GRANULE;
    *bit = UINT64_C(1) << (granule % 64);
    return (uint64_t *)bits->start + granule / 64;
}

static inline bool side_bit(const struct region *bits, const void *address)
{
    uint64_t bit;
    const uint64_t *word = side_bits_word(bits, address, &bit);
    return *word & bit;
}

/* Returns whether it was set before. */
static inline bool side_bit_test_and_set(const struct region *bits,
                                         const void *address)
{
    uint64_t bit;
    uint64_t *word = side_bits_word(bits, address, &bit);
    bool was_set = *word & bit;
    if (!was_set) {
        *word |= bit;
    }
    return was_set;
}

static inline bool side_bit_test_and_clear(const struct region *bits,
                                           const void *address)
{
    uint64_t bit;
    uint64_t *word = side_bits_word(bits, address, &bit);
    bool was_set = *word & bit;
    if (was_set) {
        *word &= ~bit;
    }
    return was_set;
}

/* Calls `visit` with each object in [start, end) whose bit is set. */
static inline void side_bits_each(const struct region *bits, const char *start,
                                  const char *end,
                                  void (*visit)(struct object *object))
{
    const uint64_t *words = (const uint64_t *)bits->start;
    size_t at = (size_t)(start - heap.objects.start) / OBJECT_GRANULE;
    size_t last = (size_t)(end - heap.objects.start) / OBJECT_GRANULE;
    while (at < last) {
        uint64_t word = words[at / 64] >> at % 64;
        if (word == 0) {
            at = (at / 64 + 1) * 64;
            continue;
        }
        at += (size_t)__builtin_ctzl(word);
        if (at < last) {
            visit((struct object *)(heap.objects.start + at * OBJECT_GRANULE));
        }
        at++;
    }
}

/* Words of a bitmap, those for the cells and those for the large pieces. */
struct side_span {
    size_t first, end;
};

static inline size_t side_words(size_t bytes)
{
    return (bytes / OBJECT_GRANULE + 63) / 64;
}

static inline void side_spans(struct side_span spans[2])
{
    size_t large = (size_t)(heap.large.region.start - heap.objects.start);
    spans[0] = (struct side_span){
        0, side_words(heap.small.block_count * heap.small.block_bytes)};
    spans[1] = (struct side_span){
        side_words(large),
        side_words(large + heap.large.page_count * PAGE_BYTES)};
}

static inline void side_bits_reset(const struct region *bits)
{
    struct side_span spans[2];
    side_spans(spans);
    for (int i = 0; i < 2; i++) {
        memset((uint64_t *)bits->start + spans[i].first, 0,
               (spans[i].end - spans[i].first) * sizeof(uint64_t));
    }
}

/* Clears the bits that `other` has not. */
static inline void side_bits_keep(const struct region *bits,
                                  const struct region *other)
{
    struct side_span spans[2];
    uint64_t *words = (uint64_t *)bits->start;
    const uint64_t *others = (const uint64_t *)other->start;
    side_spans(spans);
    for (int i = 0; i < 2; i++) {
        for (size_t j = spans[i].first; j < spans[i].end; j++) {
            if (words[j] & ~others[j]) {
                words[j] &= others[j];
            }
        }
    }
}

static inline void side_bits_copy(const struct region *bits,
                                  const struct region *other)
{
    struct side_span spans[2];
    uint64_t *words = (uint64_t *)bits->start;
    const uint64_t *others = (const uint64_t *)other->start;
    side_spans(spans);
    for (int i = 0; i < 2; i++) {
        for (size_t j = spans[i].first; j < spans[i].end; j++) {
            if (words[j] != others[j]) {
                words[j] = others[j];
            }
        }
    }
}

#endif
