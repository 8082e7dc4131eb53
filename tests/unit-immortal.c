/* unit-immortal.c: what refcount-immortal never writes, and what it still
 * counts. */
#include "collectors/refcount-immortal.c"

#include "tests/counted.h"

static void nothing_immortal_is_written(void **state)
{
    (void)state;
    counted_begin();
    FRAME(local, 3);
    root_store(&local[0], numbered_new(2, 64, 1));
    ref_store(root_load(local[0]), 0, numbered_new(0, 32, 2));
    ref_store(root_load(local[0]), 1, root_load(local[0]));
    collector.before_fork();
    assert_int_equal(immortal_objects, 2);
    objects_allow(PROT_READ);
    ref read = ref_load(root_load(local[0]), 0);
    retain(read);
    root_store(&local[1], read);
    release(read);
    root_store(&local[1], REF_NULL);
    root_store(&local[2], root_load(local[0]));
    root_store(&local[2], REF_NULL);
    collector.collect(COLLECTION_MINOR, COLLECTION_ASKED);
    collect_full();
    objects_allow(PROT_READ | PROT_WRITE);
    assert_int_equal(number_of(ref_load(root_load(local[0]), 0)), 2);
    FRAME_END(local);
    assert_int_equal(counted_freed_objects, 0);
    collector.close();
}

/* A young container refers to an immortal one, which a collection of the young
 * comes to and must not write. */
static void young_referrers_break_no_immortal_page(void **state)
{
    (void)state;
    counted_begin();
    FRAME(local, 2);
    root_store(&local[0], numbered_new(1, 2 * PAGE_BYTES, 1));
    collector.before_fork();
    root_store(&local[1], numbered_new(1, 64, 2));
    char *first = (char *)object_cell(ref_object(root_load(local[0])));
    assert_int_equal(mprotect(first, PAGE_BYTES, PROT_READ), 0);
    ref_store(root_load(local[1]), 0, root_load(local[0]));
    collector.collect(COLLECTION_MINOR, COLLECTION_ASKED);
    collect_full();
    assert_int_equal(cycle.looked_at, 2); /* the young one, twice */
    FRAME_END(local);
    assert_int_equal(mprotect(first, PAGE_BYTES, PROT_READ | PROT_WRITE), 0);
    collector.close();
}

static void what_an_immortal_object_holds_is_counted(void **state)
{
    (void)state;
    counted_begin();
    FRAME(local, 1);
    root_store(&local[0], numbered_new(1, 64, 1));
    collector.before_fork();
    collector.before_fork(); /* the second takes no more */
    ref_store(root_load(local[0]), 0, numbered_new(1, 64, 2));
    collector.before_fork();
    assert_int_equal(immortal_objects, 1);
    collect_full();
    assert_int_equal(number_of(ref_load(root_load(local[0]), 0)), 2);
    assert_int_equal(counted_freed_objects, 0);
    ref_store(root_load(local[0]), 0, REF_NULL);
    assert_int_equal(counted_freed_objects, 1);
    FRAME_END(local);
    collector.close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_immortal_is_written),
        cmocka_unit_test(young_referrers_break_no_immortal_page),
        cmocka_unit_test(what_an_immortal_object_holds_is_counted),
    };
    return cmocka_run_group_tests_name("unit-immortal", tests, NULL, NULL);
}
