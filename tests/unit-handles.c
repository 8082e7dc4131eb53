/* unit-handles.c: the table of handles, and bodies that move behind it. */
#include "collectors/handles.c"

#include "tests/numbered.h"

enum { COUNT = 8000 }; /* objects of 64 bytes, on 8 blocks */

static void fill(struct root *object)
{
    for (unsigned i = 0; i < COUNT; i++) {
        root_store(&object[i], numbered_new(1, 64, i));
        ref_store(root_load(object[i]), 0,
                  root_load(object[i > 0 ? i - 1 : 0]));
    }
}

/* Leaves every fourth. */
static void drop_most(struct root *object)
{
    for (unsigned i = 0; i < COUNT; i++) {
        if (i % 4 != 0) {
            root_store(&object[i], REF_NULL);
        } else if (i > 0) {
            ref_store(root_load(object[i]), 0, root_load(object[i - 4]));
        }
    }
}

static void bodies_move_and_no_reference_notices(void **state)
{
    static struct root object[COUNT], before[COUNT];
    struct frame frame;
    (void)state;
    for (option_free = 0; option_free < 3; option_free++) {
        numbered_open();
        frame_push(&frame, object, COUNT);
        fill(object);
        uintptr_t last = address_of(root_load(object[COUNT - 4]));
        drop_most(object);
        memcpy(before, object, sizeof before);
        handle_compact.moved_objects = 0;
        handles_prepare_compact();
        assert_memory_equal(object, before, sizeof before);
        for (unsigned i = 0; i < COUNT; i += 4) {
            assert_int_equal(number_of(root_load(object[i])), i);
            assert_true(i == 0 || ref_load(root_load(object[i]), 0).bits ==
                                      root_load(object[i - 4]).bits);
        }
        if (option_free != FREE_PAGES) { /* there no page is all free */
            assert_true(handle_compact.moved_objects > COUNT / 4 / 2);
            assert_true(address_of(root_load(object[COUNT - 4])) < last);
        }
        assert_false(is_resident(last));
        collect_full();
        frame_pop(&frame);
        collector.close();
    }
    option_free = FREE_LIST;
}

static void entries_are_used_again_lowest_first(void **state)
{
    (void)state;
    numbered_open();
    FRAME(local, 10);
    for (unsigned i = 0; i < 10; i++) {
        root_store(&local[i], numbered_new(0, 64, i));
    }
    uintptr_t freed = root_load(local[3]).bits;
    uintptr_t later = root_load(local[7]).bits;
    root_store(&local[3], REF_NULL);
    root_store(&local[7], REF_NULL);
    collect_full();
    root_store(&local[7], numbered_new(0, 64, 1));
    assert_int_equal(root_load(local[7]).bits, freed);
    root_store(&local[3], numbered_new(0, 64, 2));
    assert_int_equal(root_load(local[3]).bits, later);
    FRAME_END(local);
    collector.close();
}

/* Neither free entries nor free cells that it inherited. */
static void a_worker_uses_fresh_pages_of_the_table(void **state)
{
    (void)state;
    option_after_fork = AFTER_FORK_FRESH;
    numbered_open();
    FRAME(local, 2);
    root_store(&local[0], numbered_new(0, 64, 1));
    numbered_new(0, 64, 2);
    collect_full();
    collector.after_fork(0);
    root_store(&local[1], numbered_new(0, 64, 3));
    const uintptr_t *entries = reference_table.entries;
    assert_int_not_equal(
        (uintptr_t)&entries[root_load(local[0]).bits] / PAGE_BYTES,
        (uintptr_t)&entries[root_load(local[1]).bits] / PAGE_BYTES);
    root_store(&local[0], REF_NULL);
    collect_full();
    root_store(&local[0], numbered_new(0, 64, 4));
    assert_int_equal(root_load(local[0]).bits, root_load(local[1]).bits + 1);
    FRAME_END(local);
    collector.close();
    option_after_fork = AFTER_FORK_REUSE;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_move_and_no_reference_notices),
        cmocka_unit_test(entries_are_used_again_lowest_first),
        cmocka_unit_test(a_worker_uses_fresh_pages_of_the_table),
    };
    return cmocka_run_group_tests_name("unit-handles", tests, NULL, NULL);
}
