/* unit-stuck.c: counts of refcount-side that have come to their most. */
#include "collectors/refcount-side.c"

#include "tests/numbered.h"

enum { BYTES = 48 };

/* Takes so many references to an object, and lets them go again. */
static void hold(ref object, unsigned times)
{
    for (unsigned i = 0; i < times; i++) {
        retain(object);
    }
    for (unsigned i = 0; i < times; i++) {
        release(object);
    }
}

/* How many objects die of one that is held once, and was held so often more. */
static uint64_t freed_after(unsigned times)
{
    numbered_open();
    FRAME(local, 1);
    root_store(&local[0], numbered_new(1, BYTES, 7));
    struct object *object = ref_object(root_load(local[0]));
    hold(root_load(local[0]), times);
    uint64_t before = counted_freed_objects;
    root_store(&local[0], REF_NULL);
    uint64_t freed = counted_freed_objects - before;
    assert_int_equal(count_is_exact(object), freed == 1);
    collect_full();
    FRAME_END(local);
    collector.close();
    return freed;
}

static void a_count_that_came_to_its_most_is_stuck(void **state)
{
    (void)state;
    assert_int_equal(freed_after(COUNT_STUCK - 2), 1);
    assert_int_equal(freed_after(COUNT_STUCK - 1), 0);
    assert_int_equal(freed_after(COUNT_STUCK + 10), 0);
}

/* The cyclic collector cannot know who holds what is stuck. */
static void what_is_stuck_lives_and_holds_what_it_holds(void **state)
{
    for (size_t bytes = BYTES; bytes < 40000; bytes += 30000) {
        (void)state;
        numbered_open();
        FRAME(local, 2);
        root_store(&local[0], numbered_new(1, bytes, 1));
        root_store(&local[1], numbered_new(1, bytes, 2));
        ref_store(root_load(local[0]), 0, root_load(local[1]));
        ref_store(root_load(local[1]), 0, root_load(local[0]));
        ref stuck = root_load(local[0]);
        hold(stuck, COUNT_STUCK);
        FRAME_END(local);
        collect_full();
        assert_int_equal(cycle.garbage, 0);
        assert_int_equal(number_of(stuck), 1);
        assert_int_equal(number_of(ref_load(stuck, 0)), 2);
        collector.close();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_count_that_came_to_its_most_is_stuck),
        cmocka_unit_test(what_is_stuck_lives_and_holds_what_it_holds),
    };
    return cmocka_run_group_tests_name("unit-stuck", tests, NULL, NULL);
}
