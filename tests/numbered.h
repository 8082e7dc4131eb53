/* numbered.h: objects that bear a number, for tests of single collectors; it is
 * included after a collector's file. */
#ifndef TESTS_NUMBERED_H
#define TESTS_NUMBERED_H

#include <setjmp.h>
#include <stdarg.h>
#include <sys/mman.h>

#include <cmocka.h>

/* Each test has a heap of its own and all options at their defaults but those
 * that it sets before it calls numbered_open(). */
static inline void numbered_open(void)
{
    option_reserve = INT64_C(64) << 20;
    frame_top = NULL;
    collector.open();
}

/* An object of so many bytes: `references` of them, its number, and the rest
 * full of ones. */
static inline ref numbered_new(uint32_t references, size_t bytes,
                               uint64_t number)
{
    struct shape shape = {
        1, references,
        (uint32_t)(bytes - HEADER_BYTES - references * sizeof(ref))};
    ref made = object_new(shape);
    raw_fill(made, shape, 0, 0xff, shape.raw_bytes);
    raw_store_word(made, shape, 0, number);
    return made;
}

static inline uint64_t number_of(ref object)
{
    struct shape shape = {1, header_references(ref_object(object)->header), 0};
    return raw_load_word(object, shape, 0);
}

static inline uintptr_t address_of(ref object)
{
    return (uintptr_t)ref_object(object);
}

static inline void collect_full(void)
{
    collector.collect(COLLECTION_FULL, COLLECTION_ASKED);
    assert_null(collector.verify());
}

static inline bool is_resident(uintptr_t address)
{
    unsigned char resident;
    void *page = (void *)(address / PAGE_BYTES * PAGE_BYTES);
    assert_int_equal(mincore(page, PAGE_BYTES, &resident), 0);
    return resident & 1;
}

#endif
