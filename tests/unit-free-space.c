/* unit-free-space.c: the policies of free cells, and eager and lazy sweeps over
 * them: heap/free-space.h and heap/sweep.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "heap/sweep.h"

static unsigned sweeps_ended;

static void heap_exhausted(void) {}

static inline bool sweep_keeps(struct object *object)
{
    return object->header & HEADER_MARKED;
}

static const bool sweep_writes_objects = false;

static void sweep_ended(void)
{
    sweeps_ended++;
}

/* Every test has a fresh heap of a policy. */
struct policy {
    int64_t free, zero, sweep;
};

static int open_heap(void **state)
{
    const struct policy *policy = *state;
    memset(&heap, 0, sizeof heap);
    memset(&sweep, 0, sizeof sweep);
    sweeps_ended = 0;
    option_reserve = INT64_C(64) << 20;
    option_free = policy->free;
    option_zero = policy->zero;
    option_sweep = policy->sweep;
    heap_open();
    return 0;
}

static int close_heap(void **state)
{
    (void)state;
    heap_close();
    return 0;
}

#define COUNT 4000
#define BYTES 80 /* no divisor of a page */

static struct object *objects[COUNT];

static struct object *object_take(size_t bytes)
{
    struct shape shape = {0, 0, (uint32_t)(bytes - HEADER_BYTES)};
    struct object *object = heap_take(&heap.small, &heap.large, bytes);
    object->header = header_make(shape, HEADER_MARKED);
    memset(object->words, 0xa5, shape.raw_bytes);
    return object;
}

/* The heap that the tests begin with: runs of 300 dead between 100 survivors.
 * Returns how many are dead. */
static size_t fill_and_kill(void)
{
    size_t dead = 0;
    for (size_t i = 0; i < COUNT; i++) {
        objects[i] = object_take(BYTES);
    }
    for (size_t i = 0; i < COUNT; i++) {
        if (i % 400 >= 100) {
            objects[i]->header &= ~(uint64_t)HEADER_MARKED;
            dead++;
        }
    }
    return dead;
}

static void sweep_as_asked(void)
{
    sweep_begin();
    if (option_sweep == SWEEP_EAGER) {
        sweep_finish();
    }
}

static bool was_dead(const struct object *object)
{
    for (size_t i = 0; i < COUNT; i++) {
        if (objects[i] == object) {
            return i % 400 >= 100;
        }
    }
    return false;
}

static void expect_survivors(void)
{
    for (size_t i = 0; i < COUNT; i++) {
        if (i % 400 < 100) {
            assert_true(objects[i]->header & HEADER_MARKED);
            assert_int_equal(objects[i]->words[0], 0xa5a5a5a5a5a5a5a5);
        }
    }
}

static void the_dead_come_back_before_another_block(void **state)
{
    size_t dead = fill_and_kill();
    uint32_t blocks = heap.small.block_count;
    size_t came_back = 0;
    (void)state;
    sweep_as_asked();
    for (size_t i = 0; i < dead; i++) {
        const struct object *object = object_take(BYTES);
        came_back += was_dead(object);
    }
    sweep_finish();
    assert_int_equal(sweep.freed_objects, dead);
    assert_int_equal(sweeps_ended, 1);
    expect_survivors();
    if (option_free == FREE_PAGES) {
        assert_true(came_back > dead / 2); /* less the ends of each run */
    } else {
        assert_true(came_back > dead * 9 / 10); /* the rest had been fresh */
        assert_int_equal(heap.small.block_count, blocks);
    }
}

/* The pages of the space of cells, numbered: of an object the first and last.
 */
static size_t first_page(const struct object *object)
{
    return (size_t)((const char *)object - heap.small.region.start) /
           PAGE_BYTES;
}

static size_t last_page(const struct object *object)
{
    return first_page((const void *)((const char *)object + BYTES - 1));
}

static void pages_with_a_survivor_are_left_alone(void **state)
{
    size_t dead = fill_and_kill();
    bool *survives =
        calloc(heap.small.region.reserved / PAGE_BYTES, sizeof *survives);
    (void)state;
    assert_non_null(survives);
    for (size_t i = 0; i < COUNT; i++) {
        if (i % 400 < 100) {
            survives[first_page(objects[i])] = true;
            survives[last_page(objects[i])] = true;
        }
    }
    sweep_as_asked();
    for (size_t i = 0; i < dead; i++) {
        const struct object *object = object_take(BYTES);
        if (was_dead(object)) {
            assert_false(survives[first_page(object)]);
            assert_false(survives[last_page(object)]);
        }
    }
    free(survives);
}

static void the_sweep_writes_what_its_policy_says(void **state)
{
    static const unsigned char zeros[BYTES];
    (void)state;
    fill_and_kill();
    uint64_t header = objects[200]->header;
    sweep_as_asked();
    sweep_finish();
    const struct object *object = objects[200];
    if (option_free == FREE_LIST) {
        assert_int_equal(object->header, (uintptr_t)objects[201]); /* link */
    } else {
        assert_int_equal(object->header,
                         option_zero == ZERO_SWEEP ? 0 : header);
    }
    if (option_zero == ZERO_SWEEP) {
        assert_memory_equal(object->words, zeros, BYTES - HEADER_BYTES);
    } else {
        assert_int_equal(object->words[0], 0xa5a5a5a5a5a5a5a5);
    }
    assert_int_equal(sweep.link_writes,
                     option_free == FREE_LIST ? sweep.freed_objects : 0);
}

/* Out of the sweep's order, while a class allocates there. */
static void what_is_released_is_not_lost(void **state)
{
    struct object *object = object_take(BYTES);
    struct object *other = object_take(BYTES);
    (void)state;
    cells_release(&heap.small, object);
    if (option_free == FREE_LIST) {
        assert_ptr_equal(object_take(BYTES), object);
    }
    cells_release(&heap.small, other);
    assert_int_equal(heap.small.classes[size_class_of(BYTES)].available,
                     BLOCK_NONE);
    cells_flush(&heap.small);
    size_t used = option_free == FREE_LIST ? BYTES : 0;
    assert_int_equal(cells_rebuild(&heap.small), used);
}

static void sealed_blocks_are_not_allocated_in(void **state)
{
    size_t dead = fill_and_kill();
    (void)state;
    sweep_as_asked();
    heap_seal();
    uint32_t sealed = heap.small.sealed;
    assert_int_equal(sealed, heap.small.block_count);
    cells_release(&heap.small, objects[0]); /* stays lost, and unwritten */
    expect_survivors();
    for (size_t i = 0; i < dead; i++) {
        const struct object *object = object_take(BYTES);
        assert_true(cells_block_of(&heap.small, object) >= sealed);
    }
    sweep_finish();
    assert_int_equal(cells_block_of(&heap.small, object_take(BYTES)) >= sealed,
                     true);
}

static unsigned blocks_owed(size_t bytes)
{
    unsigned owed = 0;
    for (uint32_t i = 0; i < heap.small.block_count; i++) {
        owed += sweep_owes(i) &&
                cells_block(&heap.small, i)->size_class == size_class_of(bytes);
    }
    return owed;
}

static void a_lazy_sweep_goes_no_further_than_it_must(void **state)
{
    (void)state;
    for (int i = 0; i < COUNT; i++) {
        object_take(320)->header &= ~(uint64_t)HEADER_MARKED;
    }
    fill_and_kill();
    sweep_as_asked();
    unsigned owed = blocks_owed(BYTES);
    unsigned others = blocks_owed(320);
    assert_true(owed > 2 && others > 2);
    object_take(BYTES);
    assert_int_equal(blocks_owed(BYTES), owed - 1);
    assert_int_equal(blocks_owed(320), others);
    assert_int_equal(sweeps_ended, 0);
    sweep_finish();
    assert_int_equal(blocks_owed(BYTES) + blocks_owed(320), 0);
    assert_int_equal(sweeps_ended, 1);
    expect_survivors();
}

/* An eager sweep that a fork has caught is finished by the first allocation
 * that needs room. */
static void a_pending_sweep_is_finished_for_room(void **state)
{
    size_t dead = fill_and_kill();
    (void)state;
    sweep_begin();
    object_take(BYTES);
    assert_false(sweep.pending);
    assert_int_equal(sweep.freed_objects, dead);
}

#define EACH(X)                                                                \
    X(FREE_LIST, ZERO_ALLOCATION, SWEEP_EAGER)                                 \
    X(FREE_LIST, ZERO_SWEEP, SWEEP_LAZY)                                       \
    X(FREE_BITMAP, ZERO_ALLOCATION, SWEEP_LAZY)                                \
    X(FREE_BITMAP, ZERO_SWEEP, SWEEP_EAGER)                                    \
    X(FREE_PAGES, ZERO_ALLOCATION, SWEEP_EAGER)                                \
    X(FREE_PAGES, ZERO_SWEEP, SWEEP_LAZY)

#define POLICY(...) (&(struct policy){__VA_ARGS__})
#define UNDER(test, ...)                                                       \
    {                                                                          \
#test " (" #__VA_ARGS__ ")", test, open_heap, close_heap,              \
            POLICY(__VA_ARGS__)                                                \
    }

int main(void)
{
#define TESTS(...)                                                             \
    UNDER(the_dead_come_back_before_another_block, __VA_ARGS__),               \
        UNDER(the_sweep_writes_what_its_policy_says, __VA_ARGS__),             \
        UNDER(what_is_released_is_not_lost, __VA_ARGS__),                      \
        UNDER(sealed_blocks_are_not_allocated_in, __VA_ARGS__),
    const struct CMUnitTest tests[] = {
        EACH(TESTS) UNDER(pages_with_a_survivor_are_left_alone, FREE_PAGES,
                          ZERO_ALLOCATION, SWEEP_EAGER),
        UNDER(pages_with_a_survivor_are_left_alone, FREE_PAGES, ZERO_ALLOCATION,
              SWEEP_LAZY),
        UNDER(a_lazy_sweep_goes_no_further_than_it_must, FREE_LIST,
              ZERO_ALLOCATION, SWEEP_LAZY),
        UNDER(a_lazy_sweep_goes_no_further_than_it_must, FREE_BITMAP,
              ZERO_ALLOCATION, SWEEP_LAZY),
        UNDER(a_pending_sweep_is_finished_for_room, FREE_LIST, ZERO_ALLOCATION,
              SWEEP_EAGER),
    };
    return cmocka_run_group_tests_name("unit-free-space", tests, NULL, NULL);
}
