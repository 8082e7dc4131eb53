/* unit-deferred.c: what refcount-deferred finds in the frames, and when. */
#include "collectors/refcount-deferred.c"

#include "tests/counted.h"

static size_t zero_counted(void)
{
    return (size_t)(deferred.zero.end - address_list_start(&deferred.zero));
}

static void reading_writes_no_object(void **state)
{
    (void)state;
    counted_begin();
    FRAME(local, 2);
    root_store(&local[0], numbered_new(1, 64, 1));
    ref_store(root_load(local[0]), 0, numbered_new(0, 32, 2));
    collector.before_fork();
    objects_allow(PROT_READ);
    ref read = ref_load(root_load(local[0]), 0);
    retain(read);
    root_store(&local[1], read);
    release(read);
    locals_reconcile(); /* scans the frames */
    root_store(&local[1], REF_NULL);
    objects_allow(PROT_READ | PROT_WRITE);
    assert_int_equal(zero_counted(), 1);
    FRAME_END(local);
    collector.close();
}

static void what_a_frame_alone_holds_lives(void **state)
{
    (void)state;
    counted_begin();
    FRAME(local, 2);
    root_store(&local[0], numbered_new(1, 64, 1));
    for (unsigned i = 0; i < 3; i++) {
        collect_full();
        assert_int_equal(zero_counted(), 1);
        assert_int_equal(number_of(root_load(local[0])), 1);
    }
    root_store(&local[0], REF_NULL);
    assert_int_equal(counted_freed_objects, 0);
    collect_full();
    assert_int_equal(counted_freed_objects, 1);
    assert_int_equal(zero_counted(), 0);
    FRAME_END(local);
    collector.close();
}

/* A chain of ten dies at its head, to where a frame holds it. */
static void what_it_held_dies_up_to_a_frame(void **state)
{
    (void)state;
    counted_begin();
    FRAME(local, 2);
    for (unsigned i = 0; i < 10; i++) {
        ref made = numbered_new(1, 64, i);
        ref_init(made, 0, root_load(local[0]));
        root_store(&local[0], made);
        if (i == 5) {
            root_store(&local[1], made);
        }
    }
    collect_full();
    assert_int_equal(zero_counted(), 1); /* the others have counts */
    root_store(&local[0], REF_NULL);
    collect_full();
    assert_int_equal(counted_freed_objects, 4);
    assert_int_equal(zero_counted(), 1);
    assert_int_equal(number_of(root_load(local[1])), 5);
    root_store(&local[1], REF_NULL);
    collect_full();
    assert_int_equal(counted_freed_objects, 10);
    FRAME_END(local);
    collector.close();
}

/* An object leaves the heap and comes back before the frames are scanned. */
static void what_is_held_again_leaves_the_table(void **state)
{
    (void)state;
    counted_begin();
    FRAME(local, 2);
    root_store(&local[0], numbered_new(1, 64, 1));
    ref_store(root_load(local[0]), 0, numbered_new(0, 32, 2));
    collect_full();
    root_store(&local[1], ref_load(root_load(local[0]), 0));
    ref_store(root_load(local[0]), 0, REF_NULL);
    assert_int_equal(zero_counted(), 2);
    ref_store(root_load(local[0]), 0, root_load(local[1]));
    root_store(&local[1], REF_NULL);
    collect_full();
    assert_int_equal(zero_counted(), 1);
    assert_int_equal(number_of(ref_load(root_load(local[0]), 0)), 2);
    assert_int_equal(counted_freed_objects, 0);
    FRAME_END(local);
    collector.close();
}

static void large_garbage_does_not_wait_for_the_table(void **state)
{
    (void)state;
    counted_begin();
    FRAME(local, 1);
    for (unsigned i = 0; i < 200; i++) {
        root_store(&local[0], numbered_new(0, 64 * PAGE_BYTES, i));
    }
    assert_in_range(zero_counted(), 1, 6);
    assert_in_range(heap.large.page_count * PAGE_BYTES, DEFERRED_MOST_BYTES,
                    4 * DEFERRED_MOST_BYTES);
    FRAME_END(local);
    collector.close();
}

/* Rings that a cyclic collection frees go through the table all at once. */
static void the_table_gives_its_memory_back(void **state)
{
    (void)state;
    option_cyclic = CYCLIC_NEVER;
    counted_begin();
    FRAME(local, 1);
    for (unsigned i = 0; i < 20000; i++) {
        root_store(&local[0], numbered_new(1, 48, i));
        ref_store(root_load(local[0]), 0, root_load(local[0]));
    }
    assert_true(zero_counted() < 5000);
    collect_full();
    assert_int_equal(counted_freed_objects, 19999);
    uintptr_t start = (uintptr_t)deferred.zero.region.start;
    assert_true(is_resident(start));
    assert_false(is_resident(start + 19000 * sizeof(uintptr_t)));
    FRAME_END(local);
    collector.close();
    option_cyclic = CYCLIC_DEFAULT;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading_writes_no_object),
        cmocka_unit_test(what_a_frame_alone_holds_lives),
        cmocka_unit_test(what_it_held_dies_up_to_a_frame),
        cmocka_unit_test(what_is_held_again_leaves_the_table),
        cmocka_unit_test(large_garbage_does_not_wait_for_the_table),
        cmocka_unit_test(the_table_gives_its_memory_back),
    };
    return cmocka_run_group_tests_name("unit-deferred", tests, NULL, NULL);
}
