/* unit-request-mix.c: how requests are drawn, and how many objects a scale
 * makes. */
#include "workloads/request-mix.h"
#include "workloads/scale.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>

#include <cmocka.h>

enum { DRAWS = 40000 };

static void shares_are_the_weights(void **state)
{
    const int64_t weights[] = {0, 1, 0, 700, 299, 0};
    unsigned counts[6] = {0};
    struct random random = random_for(2018, 0, 0);
    (void)state;
    for (unsigned i = 0; i < DRAWS; i++) {
        size_t type = request_mix_draw(weights, 6, &random);
        assert_in_range(type, 0, 5);
        counts[type]++;
    }
    assert_int_equal(counts[0] + counts[2] + counts[5], 0);
    /* Four standard deviations of the commonest are 367. */
    assert_in_range(counts[1], 15, 65);
    assert_in_range(counts[3], DRAWS * 7 / 10 - 367, DRAWS * 7 / 10 + 367);
    assert_int_equal(counts[1] + counts[3] + counts[4], DRAWS);
}

static void a_draw_takes_one_number(void **state)
{
    const int64_t alone[] = {0, 5};
    struct random drawn = random_for(1, 2, 3);
    struct random taken = drawn;
    (void)state;
    assert_int_equal(request_mix_draw(alone, 2, &drawn), 1);
    random_next(&taken);
    assert_true(drawn.state == taken.state);
}

static void no_weight_is_wrong(void **state)
{
    const int64_t none[] = {0, 0}, last[] = {0, 1};
    (void)state;
    assert_non_null(request_mix_wrong(none, 2));
    assert_null(request_mix_wrong(last, 2));
}

static void a_scale_is_rounded(void **state)
{
    (void)state;
    assert_int_equal(scaled(200000, SCALE_DEFAULT), 200000);
    assert_int_equal(scaled(1499, 1), 1);
    assert_int_equal(scaled(1500, 1), 2);
    assert_int_equal(scaled(1, 1), 1);
    assert_int_equal(scaled(0, 1000000), 1);
    assert_int_equal(scaled(7, 1000000), 7000);
}

static void a_part_has_a_share(void **state)
{
    (void)state;
    scale_share.part = 500;
    scale_share.of = 3 * SCALE_DEFAULT;
    assert_int_equal(scaled(6000, SCALE_DEFAULT), 1000);
    scale_share.part = 1000000;
    scale_share.of = SCALE_DEFAULT;
    assert_true(scaled(UINT64_C(4) << 32, 1000000) ==
                (UINT64_C(4) << 32) * 1000000);
    scale_share.part = scale_share.of = 1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_are_the_weights),
        cmocka_unit_test(a_draw_takes_one_number),
        cmocka_unit_test(no_weight_is_wrong),
        cmocka_unit_test(a_scale_is_rounded),
        cmocka_unit_test(a_part_has_a_share),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
