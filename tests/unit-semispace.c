/* unit-semispace.c: where semispace copies to, and what it leaves. */
#include "collectors/semispace.c"

#include "tests/numbered.h"

/* The order in which a complete tree of three levels lies after a collection;
 * node k has the children 2k and 2k + 1. */
static void assert_order(int64_t order, const unsigned *expected)
{
    uintptr_t places[8];
    option_order = order;
    numbered_open();
    FRAME(node, 8);
    for (unsigned k = 7; k > 0; k--) {
        root_store(&node[k], numbered_new(2, 32, k));
        for (unsigned side = 0; side < 2 && 2 * k + side < 8; side++) {
            ref_store(root_load(node[k]), side, root_load(node[2 * k + side]));
        }
    }
    for (unsigned k = 2; k < 8; k++) {
        root_store(&node[k], REF_NULL);
    }
    collect_full();
    for (unsigned k = 2; k < 8; k++) {
        root_store(&node[k], ref_load(root_load(node[k / 2]), k % 2));
    }
    for (unsigned i = 0; i < 7; i++) {
        assert_int_equal(number_of(root_load(node[expected[i]])), expected[i]);
        places[i] = address_of(root_load(node[expected[i]]));
        assert_true(i == 0 || places[i] == places[i - 1] + 32);
    }
    FRAME_END(node);
    collector.close();
    option_order = ORDER_BREADTH_FIRST;
}

static void copies_lie_in_the_order_asked_for(void **state)
{
    (void)state;
    assert_order(ORDER_BREADTH_FIRST, (unsigned[]){1, 2, 3, 4, 5, 6, 7});
    assert_order(ORDER_DEPTH_FIRST, (unsigned[]){1, 2, 3, 6, 7, 4, 5});
}

static void the_left_space_is_given_back_or_kept(void **state)
{
    (void)state;
    for (option_vacated = 0; option_vacated < 2; option_vacated++) {
        numbered_open();
        FRAME(local, 1);
        root_store(&local[0], numbered_new(0, 64, 1));
        uintptr_t before = address_of(root_load(local[0]));
        assert_true(is_resident(before));
        collect_full();
        assert_int_not_equal(address_of(root_load(local[0])), before);
        assert_int_equal(is_resident(before), option_vacated == VACATED_KEEP);
        FRAME_END(local);
        collector.close();
    }
    option_vacated = VACATED_DISCARD;
}

/* Also not into pages of the other space, which keeps what it once had. */
static void a_worker_allocates_beyond_what_was_touched(void **state)
{
    (void)state;
    option_after_fork = AFTER_FORK_FRESH;
    option_vacated = VACATED_KEEP;
    numbered_open();
    FRAME(local, 2);
    for (unsigned i = 0; i < 1000; i++) {
        root_store(&local[0], numbered_new(0, 64, i));
    }
    uintptr_t end = address_of(root_load(local[0])) + 64;
    collect_full();
    collector.after_fork(0);
    uintptr_t inherited = address_of(root_load(local[0]));
    root_store(&local[1], numbered_new(0, 64, 1));
    assert_true(address_of(root_load(local[1])) / PAGE_BYTES >
                inherited / PAGE_BYTES);
    collect_full();
    assert_int_equal(number_of(root_load(local[0])), 999);
    assert_true(address_of(root_load(local[0])) >= end);
    FRAME_END(local);
    collector.close();
    option_after_fork = AFTER_FORK_REUSE;
    option_vacated = VACATED_DISCARD;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_lie_in_the_order_asked_for),
        cmocka_unit_test(the_left_space_is_given_back_or_kept),
        cmocka_unit_test(a_worker_allocates_beyond_what_was_touched),
    };
    return cmocka_run_group_tests_name("unit-semispace", tests, NULL, NULL);
}
