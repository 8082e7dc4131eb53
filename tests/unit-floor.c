/* unit-floor.c: the floor over made-up pages, and the lower bound over made-up
 * collectors. */
#include "harness/floor.h"
#include "harness/lower-bound.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Adds so many pages alike. */
static void add(struct floor *pages, unsigned count, uint64_t application,
                uint64_t new_object, uint64_t collector)
{
    const uint64_t changed[FLOOR_CLASSES] = {
        [FLOOR_APPLICATION] = application,
        [FLOOR_NEW_OBJECT] = new_object,
        [FLOOR_COLLECTOR] = collector,
    };
    for (unsigned i = 0; i < count; i++)
        floor_add(pages, changed);
}

static uint64_t number(const json_t *json, const char *key)
{
    const json_t *value = json_object_get(json, key);
    assert_true(json_is_integer(value));
    return (uint64_t)json_integer_value(value);
}

/* What the header promises of any pages. */
static void check_sums(const struct floor *pages)
{
    json_t *json = floor_json(pages);
    assert_int_equal(number(json, "l1_pages"),
                     number(json, "l0_pages") +
                         number(json, "layout_cost_pages"));
    assert_int_equal(number(json, "l1_pages") +
                         number(json, "hole_cost_pages") +
                         number(json, "collector_cost_pages") +
                         number(json, "unknown_pages"),
                     number(json, "broken_pages"));
    assert_true(number(json, "false_pages") <=
                number(json, "collector_cost_pages"));
    json_decref(json);
}

static void nothing_broken(void **state)
{
    (void)state;
    struct floor pages = {0};
    check_sums(&pages);
    json_t *json = floor_json(&pages);
    assert_int_equal(number(json, "broken_pages"), 0);
    assert_int_equal(number(json, "l0_pages"), 0);
    assert_true(json_is_null(json_object_get(json, "amplification")));
    assert_true(json_is_string(json_object_get(json, "amplification_why")));
    json_decref(json);
}

static void each_page_counts_once(void **state)
{
    (void)state;
    struct floor pages = {0};
    add(&pages, 3, 8, 0, 0);   /* a reference stored */
    add(&pages, 2, 8, 100, 1); /* all three on one page: the work's */
    add(&pages, 5, 0, 64, 8);  /* an object in a hole, and its header */
    add(&pages, 7, 0, 0, 1);   /* a mark */
    add(&pages, 4, 0, 0, 0);   /* false */
    floor_add_unknown(&pages);
    check_sums(&pages);
    json_t *json = floor_json(&pages);
    assert_int_equal(number(json, "broken_pages"), 22);
    assert_int_equal(number(json, "l0_pages"), 1);
    assert_int_equal(number(json, "l1_pages"), 5);
    assert_int_equal(number(json, "layout_cost_pages"), 4);
    assert_int_equal(number(json, "hole_cost_pages"), 5);
    assert_int_equal(number(json, "collector_cost_pages"), 11);
    assert_int_equal(number(json, "false_pages"), 4);
    assert_int_equal(number(json, "unknown_pages"), 1);
    const json_t *changed = json_object_get(json, "changed_bytes");
    assert_int_equal(number(changed, "application"), 40);
    assert_int_equal(number(changed, "new_object"), 520);
    assert_int_equal(number(changed, "collector"), 49);
    assert_true(json_real_value(json_object_get(json, "amplification")) ==
                22 * 4096.0 / 40);
    json_decref(json);
}

static void l0_is_rounded_up_and_never_above_l1(void **state)
{
    (void)state;
    struct floor pages = {0};
    add(&pages, 1, 1, 0, 0);
    assert_int_equal(floor_l0(&pages), 1);
    add(&pages, 1, 4095, 0, 0);
    assert_int_equal(floor_l0(&pages), 1);
    add(&pages, 1, 1, 0, 0);
    assert_int_equal(floor_l0(&pages), 2);
    check_sums(&pages);
    add(&pages, 100, 4096, 0, 0);
    assert_int_equal(floor_l0(&pages), 102);
    assert_int_equal(pages.l1_pages, 103);
    check_sums(&pages);
}

/* The example that imgdiag's history gives: 848 differing bytes, 55 dirty pages
 * of which 7 are false. */
static void amplification_as_imgdiag_counts_it(void **state)
{
    (void)state;
    struct floor pages = {0};
    add(&pages, 40, 17, 0, 0);
    add(&pages, 8, 21, 0, 0);
    add(&pages, 7, 0, 0, 0);
    json_t *json = floor_json(&pages);
    double amplification =
        json_real_value(json_object_get(json, "amplification"));
    assert_int_equal(number(json, "false_pages"), 7);
    assert_true(fabs(amplification - 265.66) < 0.01);
    json_decref(json);
}

static void the_least_is_the_bound(void **state)
{
    (void)state;
    const struct broken all[] = {
        {4e6, NAN}, {NAN, NAN}, {1e6, NAN}, {3e6, NAN}, {1e6, NAN}};
    struct lower_bound bound = lower_bound_of(all, 5);
    assert_true(bound.bytes == 1e6);
    assert_int_equal(bound.index, 2);
    assert_false(bound.distilled);
    assert_true(isnan(lower_bound_of(all, 0).bytes));
    assert_true(isnan(lower_bound_of(all + 1, 1).bytes));
}

/* What a collector is known to have caused lowers the bound. */
static void known_cost_is_taken_off(void **state)
{
    (void)state;
    const struct broken all[] = {{1e6, NAN}, {4e6, 0.5e6}, {2e6, 1.5e6}};
    struct lower_bound bound = lower_bound_of(all, 3);
    assert_true(bound.bytes == 0.5e6);
    assert_int_equal(bound.index, 1);
    assert_true(bound.distilled);
    bound = lower_bound_of(all + 2, 1);
    assert_true(bound.bytes == 1.5e6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_broken),
        cmocka_unit_test(each_page_counts_once),
        cmocka_unit_test(l0_is_rounded_up_and_never_above_l1),
        cmocka_unit_test(amplification_as_imgdiag_counts_it),
        cmocka_unit_test(the_least_is_the_bound),
        cmocka_unit_test(known_cost_is_taken_off),
    };
    return cmocka_run_group_tests_name("unit-floor", tests, NULL, NULL);
}
