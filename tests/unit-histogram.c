/* unit-histogram.c: quantiles within the promised error; the small statistics
 * and the order of a run beside it. */
#include "harness/histogram.h"
#include "harness/memory.h"
#include "harness/order.h"
#include "harness/statistics.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct histogram *empty(void)
{
    return xcalloc(1, sizeof(struct histogram));
}

/* Every bucket begins where the one before ends, up to the largest value. */
static void buckets_join(void **state)
{
    (void)state;
    for (size_t i = 1; i < HISTOGRAM_BUCKETS; i++) {
        uint64_t lower = histogram_lower(i);
        assert_true(lower > histogram_lower(i - 1));
        assert_int_equal(histogram_bucket(lower), i);
        assert_int_equal(histogram_bucket(lower - 1), i - 1);
    }
    assert_int_equal(histogram_bucket(UINT64_MAX), HISTOGRAM_BUCKETS - 1);
}

static int compare(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

/* Values of every magnitude, against the exact quantile of the sorted list. */
static void quantiles_are_near(void **state)
{
    (void)state;
    enum { COUNT = 20000 };
    static uint64_t values[COUNT];
    struct histogram *histogram = empty();
    uint64_t random = 42;
    for (size_t i = 0; i < COUNT; i++) {
        random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
        values[i] = random >> (20 + random % 40);
        histogram_record(histogram, values[i]);
    }
    qsort(values, COUNT, sizeof *values, compare);
    assert_int_equal(histogram->minimum, values[0]);
    assert_int_equal(histogram->maximum, values[COUNT - 1]);
    for (int i = 1; i <= 1000; i++) {
        double q = i / 1000.0;
        size_t rank = (size_t)ceil(q * COUNT);
        double exact = (double)values[rank - 1];
        double got = (double)histogram_quantile(histogram, q);
        assert_true(fabs(got - exact) <= exact * HISTOGRAM_RELATIVE_ERROR);
    }
    free(histogram);
}

static void merged_is_recorded_together(void **state)
{
    (void)state;
    struct histogram *left = empty(), *right = empty(), *both = empty();
    for (uint64_t i = 0; i < 1000; i++) {
        histogram_record(i % 3 ? left : right, i * i + 5);
        histogram_record(both, i * i + 5);
    }
    histogram_merge(left, right);
    assert_memory_equal(left, both, sizeof *both);
    free(left);
    free(right);
    free(both);
}

static void empty_and_single(void **state)
{
    (void)state;
    struct histogram *histogram = empty(), *other = empty();
    assert_int_equal(histogram_quantile(histogram, 0.5), 0);
    histogram_merge(histogram, other);
    assert_int_equal(histogram->count, 0);
    histogram_record(histogram, 1000003);
    assert_int_equal(histogram_quantile(histogram, 0), 1000003);
    assert_int_equal(histogram_quantile(histogram, 0.5), 1000003);
    assert_int_equal(histogram_quantile(histogram, 1), 1000003);
    free(histogram);
    free(other);
}

static void medians(void **state)
{
    (void)state;
    double odd[] = {3, 1, 2}, even[] = {4, 1, 3, 2}, nothing[1];
    assert_true(statistics_median(odd, 3) == 2);
    assert_true(statistics_median(even, 4) == 2.5);
    assert_true(statistics_quantile(even, 4, 1) == 4);
    assert_true(isnan(statistics_median(nothing, 0)));
}

/* Three subjects at two workloads: the groups stay, the subjects move. */
static void plan_shuffles_subjects(void **state)
{
    (void)state;
    struct cell cells[6] = {{0}};
    for (size_t i = 0; i < 6; i++)
        cells[i].group = i < 3 ? "one" : "two";
    struct experiment experiment = {
        .seed = 1, .invocations = 20, .cells = cells, .cell_count = 6};
    struct order_item *plan = order_make(&experiment);
    struct order_item *again = order_make(&experiment);
    assert_memory_equal(plan, again, 120 * sizeof *plan);
    unsigned first[3] = {0};
    for (size_t i = 0; i < 120; i += 3) {
        unsigned seen = 0;
        for (size_t k = i; k < i + 3; k++) {
            assert_int_equal(plan[k].invocation, i / 6 + 1);
            assert_int_equal(plan[k].cell / 3, i / 3 % 2);
            seen |= 1u << plan[k].cell % 3;
        }
        assert_int_equal(seen, 7);
        first[plan[i].cell % 3]++;
    }
    for (size_t i = 0; i < 3; i++)
        assert_true(first[i] > 4);
    free(plan);
    free(again);
}

static void seeds_differ(void **state)
{
    (void)state;
    struct experiment one = {.seed = 1}, two = {.seed = 2};
    assert_int_equal(order_seed(&one, 1), order_seed(&one, 1));
    assert_int_not_equal(order_seed(&one, 1), order_seed(&one, 2));
    assert_int_not_equal(order_seed(&one, 1), order_seed(&two, 1));
    assert_true(order_seed(&one, 3) < UINT64_C(1) << 53);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buckets_join),
        cmocka_unit_test(quantiles_are_near),
        cmocka_unit_test(merged_is_recorded_together),
        cmocka_unit_test(empty_and_single),
        cmocka_unit_test(medians),
        cmocka_unit_test(plan_shuffles_subjects),
        cmocka_unit_test(seeds_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
