/* unit-pages.c: that no store is missed by what the kernel tells of pages, by
 * any means that it does not refuse, and that only written units are looked
 * at. */
#include "collectors/gencopy-page.c"

#include "tests/numbered.h"
#include "tests/old-stores.h"

static const struct watch *const watches[] = {
    &watch_mprotect, &watch_userfaultfd, &watch_written, &watch_soft_dirty,
    &watch_exclusive};

static void every_store_is_found_by_every_means(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(watches); i++) {
        const char *why = watches[i]->refused();
        option_remember = (int64_t)i;
        if (why != NULL) {
            print_message("# skipped: %s: %s\n", watches[i]->name, why);
            continue;
        }
        for (option_unit = 0; option_unit < 5; option_unit += 2) {
            assert_every_store_is_found();
        }
    }
    option_unit = 0;
    option_remember = REMEMBER_MPROTECT;
}

/* They come in the middle of a store, which the compiler cannot know. */
static uint64_t traps(void)
{
    __asm__ volatile("" ::: "memory");
    return unit_table.traps;
}

static void a_store_costs_one_trap_and_a_scan_of_its_unit(void **state)
{
    (void)state;
    old_build();
    for (unsigned again = 0; again < 3; again++) {
        collector.collect(COLLECTION_MINOR, COLLECTION_ASKED);
        uint64_t before = traps();
        old_store(97, 1500, numbered_new(0, 40, 1)); /* a large object */
        assert_int_equal(traps() - before, 1);
        old_store(97, 1501, numbered_new(0, 40, 2));
        assert_int_equal(traps() - before, 1);
        uint64_t slots = old_slots.scanned;
        collector.collect(COLLECTION_MINOR, COLLECTION_ASKED);
        uint64_t with = old_slots.scanned - slots;
        numbered_new(0, 40, 3);
        slots = old_slots.scanned;
        collector.collect(COLLECTION_MINOR, COLLECTION_ASKED);
        /* The rest is what stays open. */
        assert_int_equal(with - (old_slots.scanned - slots),
                         PAGE_BYTES / sizeof(ref));
    }
    frame_pop(&old_frame);
    collector.close();
}

/* In the template nothing is young, with remember = exclusive. */
static void what_the_template_makes_is_old_from_birth(void **state)
{
    (void)state;
    option_remember = REMEMBER_EXCLUSIVE;
    if (watch_exclusive.refused() == NULL) {
        old_build();
        assert_true(young_is_empty());
        assert_false(young_holds(ref_object(old_object(1))));
        assert_false(young_holds(ref_object(numbered_new(0, 40, 1))));
        collector.before_fork();
        collector.after_fork(0);
        assert_true(young_holds(ref_object(numbered_new(0, 40, 1))));
        frame_pop(&old_frame);
        collector.close();
    }
    option_remember = REMEMBER_MPROTECT;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_store_is_found_by_every_means),
        cmocka_unit_test(a_store_costs_one_trap_and_a_scan_of_its_unit),
        cmocka_unit_test(what_the_template_makes_is_old_from_birth),
    };
    return cmocka_run_group_tests_name("unit-pages", tests, NULL, NULL);
}
