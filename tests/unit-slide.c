/* unit-slide.c: where compact-slide moves objects, and where not. */
#include "collectors/compact-slide.c"

#include "tests/numbered.h"

enum { COUNT = 300 };

/* Sizes that begin and end anywhere in the blocks of the offset table. */
static size_t bytes_of(unsigned number)
{
    return 32 + number % 7 * 16 + (number % 50 == 0 ? 3000 : 0);
}

static void make_all(struct root *object)
{
    for (unsigned i = 0; i < COUNT; i++) {
        root_store(&object[i], numbered_new(1, bytes_of(i), i));
        ref_store(root_load(object[i]), 0,
                  root_load(object[i > 0 ? i - 1 : 0]));
    }
}

/* Leaves those from `first` on whose number is a multiple of three. */
static void drop_most(struct root *object, unsigned first)
{
    for (unsigned i = first; i < COUNT; i++) {
        if (i % 3 != 0) {
            root_store(&object[i], REF_NULL);
        } else {
            ref_store(root_load(object[i]), 0, root_load(object[i - 3]));
        }
    }
}

static void objects_slide_together_in_their_order(void **state)
{
    enum { FIRST = 30 };
    (void)state;
    numbered_open();
    FRAME(object, COUNT);
    make_all(object);
    uintptr_t end = address_of(root_load(object[0]));
    uintptr_t hole = address_of(root_load(object[FIRST + 1]));
    drop_most(object, FIRST);
    collect_full();
    assert_true(slide.moved_objects > 0);
    for (unsigned i = 0; i < COUNT; i++) {
        if (i >= FIRST && i % 3 != 0) {
            continue;
        }
        assert_int_equal(address_of(root_load(object[i])), end);
        assert_int_equal(number_of(root_load(object[i])), i);
        end += object_room(bytes_of(i));
        if (i == FIRST) {
            assert_int_equal(end, hole); /* nothing before it moved */
        }
        if (i > FIRST) {
            assert_int_equal(ref_load(root_load(object[i]), 0).bits,
                             root_load(object[i - 3]).bits);
        }
    }
    assert_int_equal((uintptr_t)slide.space.next, end);
    FRAME_END(object);
    collector.close();
}

/* Nor does it write there: a second collection moves and rewrites nothing. */
static void what_is_dense_is_left_alone(void **state)
{
    (void)state;
    numbered_open();
    FRAME(object, COUNT);
    make_all(object);
    drop_most(object, 3);
    collect_full();
    uint64_t moved = slide.moved_objects;
    uint64_t rewritten = slide.rewritten_references;
    assert_true(rewritten > 0);
    collect_full();
    assert_int_equal(slide.moved_objects, moved);
    assert_int_equal(slide.rewritten_references, rewritten);
    FRAME_END(object);
    collector.close();
}

static void a_worker_can_leave_what_it_inherited(void **state)
{
    uintptr_t before[COUNT];
    (void)state;
    option_after_fork = AFTER_FORK_FRESH;
    numbered_open();
    FRAME(object, COUNT);
    FRAME(local, 2);
    make_all(object);
    for (unsigned i = 0; i < COUNT; i++) {
        before[i] = address_of(root_load(object[i]));
    }
    collector.after_fork(0);
    drop_most(object, 3);
    root_store(&local[0], numbered_new(0, 64, 1));
    uintptr_t fresh = address_of(root_load(local[0]));
    assert_true(fresh / PAGE_BYTES > before[COUNT - 1] / PAGE_BYTES);
    root_store(&local[1], numbered_new(0, 64, 2));
    root_store(&local[0], REF_NULL);
    collect_full();
    for (unsigned i = 0; i < COUNT; i += 3) {
        assert_int_equal(address_of(root_load(object[i])), before[i]);
    }
    assert_int_equal(address_of(root_load(local[1])), fresh);
    assert_int_equal(number_of(root_load(local[1])), 2);
    FRAME_END(local);
    FRAME_END(object);
    collector.close();
    option_after_fork = AFTER_FORK_REUSE;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects_slide_together_in_their_order),
        cmocka_unit_test(what_is_dense_is_left_alone),
        cmocka_unit_test(a_worker_can_leave_what_it_inherited),
    };
    return cmocka_run_group_tests_name("unit-slide", tests, NULL, NULL);
}
