/* unit-lines.c: where region finds room, and what it writes there. */
#include "collectors/region.c"

#include "tests/numbered.h"

enum { LINE = 256, COUNT = 64 }; /* the default line, and objects of one */

/* One object a line, in order. */
static void fill_lines(struct root *object)
{
    for (unsigned i = 0; i < COUNT; i++) {
        root_store(&object[i], numbered_new(0, LINE, i));
        assert_int_equal(address_of(root_load(object[i])),
                         address_of(root_load(object[0])) +
                             (uintptr_t)i * LINE);
    }
}

static void drop(struct root *object, unsigned first, unsigned end)
{
    while (first < end) {
        root_store(&object[first++], REF_NULL);
    }
}

static void a_hole_begins_one_line_behind_a_marked_one(void **state)
{
    (void)state;
    numbered_open();
    FRAME(object, COUNT);
    FRAME(local, 1);
    fill_lines(object);
    uintptr_t start = address_of(root_load(object[0]));
    drop(object, 10, 14);
    drop(object, 20, 21); /* too short: the line is counted as used */
    drop(object, 30, 40);
    collect_full();
    for (unsigned i = 11; i < 14; i++) {
        root_store(&local[0], numbered_new(0, LINE, 100));
        assert_int_equal(address_of(root_load(local[0])), start + i * LINE);
    }
    root_store(&local[0], numbered_new(0, LINE, 100));
    assert_int_equal(address_of(root_load(local[0])), start + 31 * LINE);
    FRAME_END(local);
    FRAME_END(object);
    collector.close();
}

static void longer_objects_overflow_into_an_empty_block(void **state)
{
    (void)state;
    numbered_open();
    FRAME(object, COUNT);
    FRAME(local, 3);
    fill_lines(object);
    uintptr_t start = address_of(root_load(object[0]));
    drop(object, 10, 13); /* two lines */
    collect_full();
    root_store(&local[0], numbered_new(0, 32, 1));
    assert_int_equal(address_of(root_load(local[0])), start + 11 * LINE);
    root_store(&local[1], numbered_new(0, 3 * LINE, 2));
    assert_true(address_of(root_load(local[1])) >= start + lines.block_bytes);
    root_store(&local[2], numbered_new(0, LINE + 16, 3)); /* fits the hole */
    assert_int_equal(address_of(root_load(local[2])),
                     address_of(root_load(local[0])) + 32);
    FRAME_END(local);
    FRAME_END(object);
    collector.close();
}

static void dead_memory_is_cleared_by_the_sweep_or_not_at_all(void **state)
{
    (void)state;
    for (option_zero = 0; option_zero < 2; option_zero++) {
        numbered_open();
        FRAME(object, COUNT);
        fill_lines(object);
        uintptr_t start = address_of(root_load(object[0]));
        drop(object, 10, 14);
        collect_full();
        const unsigned char *dead = (unsigned char *)start + 12 * LINE + 100;
        const unsigned char *live = (unsigned char *)start + 9 * LINE + 100;
        assert_int_equal(*dead, option_zero == ZERO_SWEEP ? 0 : 0xff);
        assert_int_equal(*live, 0xff);
        FRAME_END(object);
        collector.close();
    }
    option_zero = ZERO_ALLOCATION;
}

static void a_worker_can_leave_inherited_holes(void **state)
{
    (void)state;
    option_after_fork = AFTER_FORK_FRESH;
    numbered_open();
    FRAME(object, COUNT);
    FRAME(local, 1);
    fill_lines(object);
    uintptr_t start = address_of(root_load(object[0]));
    collector.after_fork(0);
    drop(object, 10, 20);
    collect_full();
    root_store(&local[0], numbered_new(0, LINE, 100));
    assert_true(address_of(root_load(local[0])) >= start + lines.block_bytes);
    FRAME_END(local);
    FRAME_END(object);
    collector.close();
    option_after_fork = AFTER_FORK_REUSE;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hole_begins_one_line_behind_a_marked_one),
        cmocka_unit_test(longer_objects_overflow_into_an_empty_block),
        cmocka_unit_test(dead_memory_is_cleared_by_the_sweep_or_not_at_all),
        cmocka_unit_test(a_worker_can_leave_inherited_holes),
    };
    return cmocka_run_group_tests_name("unit-lines", tests, NULL, NULL);
}
