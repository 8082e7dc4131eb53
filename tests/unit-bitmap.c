/* unit-bitmap.c: what the bitmaps of refcount-bitmap say, and when. */
#include "collectors/refcount-bitmap.c"

#include "tests/numbered.h"

enum { BYTES = 64, ROOMS = 24 };

/* 0: not tracked; otherwise the generation and one. */
static unsigned generation_of(ref reference)
{
    struct bit_place place = bit_place(ref_object(reference));
    return (unsigned)bit_test(&generation_bits.low, place) +
           2 * (unsigned)bit_test(&generation_bits.high, place);
}

static bool was_finalised(uintptr_t address)
{
    return bit_test(&generation_bits.finalised,
                    bit_place((struct object *)address));
}

static void collect_young(void)
{
    collector.collect(COLLECTION_MINOR, COLLECTION_ASKED);
}

/* Two objects that hold each other, and that nothing else holds. */
static uintptr_t ring_new(void)
{
    FRAME(local, 1);
    root_store(&local[0], numbered_new(1, BYTES, 1));
    ref second = numbered_new(1, BYTES, 2);
    ref_store(root_load(local[0]), 0, second);
    ref_store(second, 0, root_load(local[0]));
    uintptr_t address = address_of(root_load(local[0]));
    FRAME_END(local);
    return address;
}

static void a_container_grows_old(void **state)
{
    (void)state;
    numbered_open();
    FRAME(local, 3);
    root_store(&local[0], numbered_new(1, BYTES, 0));
    assert_int_equal(generation_of(root_load(local[0])), 1);
    collect_young();
    root_store(&local[1], numbered_new(1, BYTES, 1));
    assert_int_equal(generation_of(root_load(local[0])), 2);
    assert_int_equal(generation_of(root_load(local[1])), 1);
    cycle_run(1);
    assert_int_equal(generation_of(root_load(local[0])), 3);
    assert_int_equal(generation_of(root_load(local[1])), 3);
    collect_young(); /* the old are not looked at again */
    assert_int_equal(generation_of(root_load(local[0])), 3);
    root_store(&local[2], numbered_new(1, BYTES, 2));
    collect_full();
    assert_int_equal(generation_of(root_load(local[2])), 3);
    FRAME_END(local);
    collector.close();
}

static void atoms_lie_in_other_blocks_and_have_no_bits(void **state)
{
    (void)state;
    numbered_open();
    FRAME(local, 2);
    root_store(&local[0], numbered_new(1, BYTES, 0));
    root_store(&local[1], numbered_new(0, BYTES, 0));
    ref container = root_load(local[0]);
    ref atom = root_load(local[1]);
    assert_int_equal(generation_of(atom), 0);
    assert_int_not_equal(cells_block_of(&heap.small, ref_object(container)),
                         cells_block_of(&heap.small, ref_object(atom)));
    FRAME_END(local);
    collector.close();
}

static void
garbage_in_cycles_is_finalised_and_its_cells_used_again(void **state)
{
    (void)state;
    numbered_open();
    uintptr_t dead = ring_new();
    FRAME(local, 2);
    root_store(&local[0], numbered_new(1, BYTES, 0));
    assert_false(was_finalised(dead));
    collect_young();
    assert_true(was_finalised(dead));
    assert_int_equal(generation_of((ref){dead}), 0);
    assert_int_equal(cycle.garbage, 2);
    assert_false(was_finalised(address_of(root_load(local[0]))));
    root_store(&local[0], numbered_new(1, BYTES, 0)); /* of the two cells */
    root_store(&local[1], numbered_new(1, BYTES, 0));
    assert_true(address_of(root_load(local[0])) == dead ||
                address_of(root_load(local[1])) == dead);
    assert_false(was_finalised(dead));
    FRAME_END(local);
    collector.close();
}

/* A list whose head is at the highest address, so that the pass has gone by
 * whatever it reaches, held by a root or by an object that has a head; a ring
 * lies in between. */
static void what_lies_behind_the_pass_is_reached_too(void **state)
{
    (void)state;
    for (unsigned is_held_by_head = 0; is_held_by_head < 2; is_held_by_head++) {
        numbered_open();
        FRAME(local, 2);
        for (uint64_t i = 0; i < 1000; i++) {
            ref object = numbered_new(2, BYTES, i);
            ref_store(object, 0, root_load(local[0]));
            root_store(&local[0], object);
        }
        ring_new();
        if (is_held_by_head) {
            root_store(&local[1], numbered_new(1, 20000, 0));
            ref_store(root_load(local[1]), 0, root_load(local[0]));
            root_store(&local[0], REF_NULL);
        }
        collect_full();
        assert_int_equal(cycle.looked_at, 1002 + is_held_by_head);
        assert_int_equal(cycle.garbage, 2);
        ref object = is_held_by_head ? ref_load(root_load(local[1]), 0)
                                     : root_load(local[0]);
        for (uint64_t i = 1000; i-- > 0;) {
            assert_int_equal(number_of(object), i);
            object = ref_load(object, 0);
        }
        FRAME_END(local);
        collector.close();
    }
}

static uint64_t words_of_a_young_collection(void)
{
    uint64_t before = cycle.partition_steps;
    collect_young();
    return cycle.partition_steps - before;
}

static void a_young_collection_goes_by_the_summary_or_through_all(void **state)
{
    (void)state;
    numbered_open();
    FRAME(local, 2);
    for (unsigned i = 0; i < ROOMS * STRETCH_BYTES / BYTES; i++) {
        ref object = numbered_new(1, BYTES, i);
        ref_store(object, 0, root_load(local[0]));
        root_store(&local[0], object);
    }
    collect_full();
    root_store(&local[1], numbered_new(1, BYTES, 0));
    uint64_t few = words_of_a_young_collection();
    option_partition = PARTITION_CRAWL;
    root_store(&local[1], numbered_new(1, BYTES, 0));
    uint64_t many = words_of_a_young_collection();
    assert_true(few > 0);
    assert_true(many >= ROOMS * few);
    assert_int_equal(generation_of(root_load(local[1])), 2);
    option_partition = PARTITION_SUMMARY;
    root_store(&local[0], REF_NULL);
    FRAME_END(local);
    collector.close();
}

static void copies_have_memory_only_during_a_collection(void **state)
{
    (void)state;
    numbered_open();
    FRAME(local, 1);
    root_store(&local[0], numbered_new(1, BYTES, 0));
    collect_young();
    size_t granule = bit_granule(ref_object(root_load(local[0])));
    assert_true(cycle_copies.committed > 0);
    assert_false(is_resident((uintptr_t)cycle_copy(granule)));
    FRAME_END(local);
    collector.close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_container_grows_old),
        cmocka_unit_test(atoms_lie_in_other_blocks_and_have_no_bits),
        cmocka_unit_test(
            garbage_in_cycles_is_finalised_and_its_cells_used_again),
        cmocka_unit_test(what_lies_behind_the_pass_is_reached_too),
        cmocka_unit_test(a_young_collection_goes_by_the_summary_or_through_all),
        cmocka_unit_test(copies_have_memory_only_during_a_collection),
    };
    option_cyclic = CYCLIC_NEVER; /* by itself */
    return cmocka_run_group_tests_name("unit-bitmap", tests, NULL, NULL);
}
