/* unit-interval.c: intervals of medians and of their ratios, and values that
 * are not of one kind. */
#include "harness/interleaving.h"
#include "harness/interval.h"
#include "harness/scatter.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include <cmocka.h>

enum { COUNT_MAX = 40 };

/* Values of several distributions, each of which has the median 1. */
static double normal(gsl_rng *random)
{
    return 1 + gsl_ran_gaussian(random, 0.05);
}

static double skewed(gsl_rng *random)
{
    return gsl_ran_lognormal(random, 0, 0.3);
}

static double humped(gsl_rng *random)
{
    double noise = gsl_ran_gaussian(random, 0.01);
    double hump = gsl_rng_uniform(random) < 0.5 ? 0.9 : 1.1;
    return fabs(noise) < 0.0005 ? 1 : hump + noise;
}

static void fill(double *values, size_t count, gsl_rng *random,
                 double (*distribution)(gsl_rng *))
{
    for (size_t i = 0; i < count; i++)
        values[i] = distribution(random);
}

static gsl_rng *seeded(unsigned seed)
{
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(random, seed);
    return random;
}

static void medians(void **state)
{
    (void)state;
    static const double values[] = {9, 2, 7, 4, 5, 6, 8};
    assert_true(interval_median(values, 7).estimate == 6);
    assert_true(interval_median(values, 6).estimate == 5.5);
    assert_true(isnan(interval_median(values, 0).estimate));
    assert_int_equal(interval_median(values, 6).count, 6);
}

static void too_few(void **state)
{
    (void)state;
    static const double values[] = {1, 2, 3, 4, 5, 6};
    assert_true(isnan(interval_median(values, 5).low));
    assert_true(isnan(interval_median(values, 5).high));
    assert_false(isnan(interval_median(values, 6).low));
    struct interval ratio = interval_ratio(values, 6, values, 5);
    assert_int_equal(ratio.count, 5);
    assert_true(isnan(ratio.low));
    assert_int_equal(interval_verdict(ratio), VERDICT_TOO_FEW);
    ratio = interval_ratio(values, 0, values, 6);
    assert_int_equal(interval_verdict(ratio), VERDICT_ABSENT);
}

/* The rank of the quantile of the medians of draws from an odd number of
 * values: such a median is at most the k-th when more than half of the draw is.
 */
static unsigned exact_rank(unsigned count, double quantile)
{
    unsigned k = 1;
    while (gsl_cdf_binomial_Q(count / 2, (double)k / count, count) < quantile)
        k++;
    return k;
}

static void as_exact(void **state)
{
    (void)state;
    for (unsigned n = 7; n < COUNT_MAX; n += 4) {
        double values[COUNT_MAX];
        double t = gsl_cdf_tdist_Pinv(0.025, n - 1);
        double tail = gsl_cdf_ugaussian_P(sqrt(n / (n - 1.0)) * t);
        for (unsigned i = 0; i < n; i++)
            values[i] = (i * 16) % n + 1; /* 1 to n in some order */
        struct interval interval = interval_median(values, n);
        /* 10 000 resamples know a quantile to within 0.002. */
        unsigned low = exact_rank(n, tail - 0.002);
        unsigned high = exact_rank(n, tail + 0.002);
        assert_in_range((uintmax_t)interval.low, low, high);
        assert_in_range((uintmax_t)interval.high, n + 1 - high, n + 1 - low);
    }
}

static void repeated(void **state)
{
    (void)state;
    double values[COUNT_MAX], others[COUNT_MAX];
    gsl_rng *random = seeded(3);
    fill(values, 10, random, skewed);
    fill(others, 10, random, skewed);
    struct interval first = interval_ratio(values, 10, others, 10);
    struct interval second = interval_ratio(values, 10, others, 10);
    assert_memory_equal(&first, &second, sizeof first);
    gsl_rng_free(random);
}

static void counts(void **state)
{
    (void)state;
    static const double same[] = {9352, 9352, 9352, 9352, 9352, 9352};
    static const double more[] = {9353, 9353, 9353, 9353, 9353, 9353};
    static const double none[6] = {0};
    struct interval interval = interval_paired_ratio(same, same, 6);
    assert_true(interval.low == 1 && interval.high == 1);
    assert_int_equal(interval_verdict(interval), VERDICT_SAME);
    interval = interval_paired_ratio(more, same, 6);
    assert_int_equal(interval_verdict(interval), VERDICT_HIGHER);
    interval = interval_ratio(same, 6, more, 6);
    assert_int_equal(interval_verdict(interval), VERDICT_LOWER);
    /* Nothing is as much as nothing, and anything is more. */
    assert_true(interval_ratio(none, 6, none, 6).estimate == 1);
    interval = interval_ratio(same, 6, none, 6);
    assert_true(isinf(interval.estimate));
    assert_int_equal(interval_verdict(interval), VERDICT_HIGHER);
    interval = interval_ratio(none, 6, same, 6);
    assert_int_equal(interval_verdict(interval), VERDICT_LOWER);
}

static bool covers_1(struct interval interval)
{
    return interval.low <= 1 && 1 <= interval.high;
}

/* The same machine disturbs both of a pair alike. */
static void disturb(double *left, double *right, size_t count, gsl_rng *random)
{
    for (size_t i = 0; i < count; i++) {
        double factor = gsl_ran_lognormal(random, 0, 0.2);
        left[i] *= factor;
        right[i] *= factor;
    }
}

static void assert_coverage(unsigned count, double (*distribution)(gsl_rng *))
{
    enum { TRIALS = 150, LEAST = TRIALS * 93 / 100 };
    gsl_rng *random = seeded(count);
    int medians = 0, ratios = 0, paired = 0;
    for (int i = 0; i < TRIALS; i++) {
        double left[COUNT_MAX], right[COUNT_MAX];
        fill(left, count, random, distribution);
        fill(right, count, random, distribution);
        medians += covers_1(interval_median(left, count));
        ratios += covers_1(interval_ratio(left, count, right, count));
        disturb(left, right, count, random);
        paired += covers_1(interval_paired_ratio(left, right, count));
    }
    /* 95 of 100 are promised; 93 is a standard error below. */
    assert_in_range(medians, LEAST, TRIALS);
    assert_in_range(ratios, LEAST, TRIALS);
    assert_in_range(paired, LEAST, TRIALS);
    gsl_rng_free(random);
}

static void coverage(void **state)
{
    (void)state;
    assert_coverage(6, skewed);
    assert_coverage(7, humped);
    assert_coverage(10, normal);
}

/* A difference of a twentieth is found in pairs, where the machine disturbs by
 * a fifth, and is lost without them. */
static void pairs(void **state)
{
    (void)state;
    gsl_rng *random = seeded(5);
    int found_paired = 0, found = 0;
    for (int i = 0; i < 100; i++) {
        double left[10], right[10];
        for (int k = 0; k < 10; k++) {
            left[k] = 1 + gsl_ran_gaussian(random, 0.01);
            right[k] = 1.05 + gsl_ran_gaussian(random, 0.01);
        }
        disturb(left, right, 10, random);
        struct interval paired = interval_paired_ratio(right, left, 10);
        found_paired += interval_verdict(paired) == VERDICT_HIGHER;
        struct interval unpaired = interval_ratio(right, 10, left, 10);
        found += interval_verdict(unpaired) != VERDICT_SAME;
    }
    assert_in_range(found_paired, 40, 100);
    assert_in_range(found, 0, 10);
    gsl_rng_free(random);
}

static void scatters(void **state)
{
    (void)state;
    static const struct {
        double values[8];
        size_t count;
        enum scatter scatter;
    } cases[] = {
        {{10, 11, 12, 13, 14, 15}, 6, SCATTER_PLAIN},
        {{10, 20, 10.2, 20.1, 10.1, 20.3, 10.3, 20.2}, 8, SCATTER_TWO},
        {{10, 10.2, 10.1, 10.3, 10.2, 10.1, 20}, 7, SCATTER_OUTLYING},
        {{10, 10.2, 10.1, 10.3, 10.2, 10.1, 20, 20.1}, 8, SCATTER_TWO},
        {{10, 10, 10, 10, 10, 10, 20}, 7, SCATTER_OUTLYING},
        {{10, 10, 10, 20, 20}, 5, SCATTER_PLAIN}, /* too few */
        {{10000, 10000, 10000, 10001, 10001, 10001}, 6, SCATTER_PLAIN},
        {{10000, 10000, 10000, 10000, 10000, 10001}, 6, SCATTER_PLAIN},
        {{0, 0, 0, 0, 0, 0}, 6, SCATTER_PLAIN},
        {{0, 0, 0, 0, 0, 1}, 6, SCATTER_OUTLYING},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(scatter_find(cases[i].values, cases[i].count),
                         cases[i].scatter);
    assert_string_equal(scatter_text(SCATTER_TWO), "two groups");
    assert_null(scatter_text(SCATTER_PLAIN));
}

/* Values of one kind are seldom taken for anything else. */
static void false_alarms(void **state)
{
    (void)state;
    gsl_rng *random = seeded(7);
    for (size_t count = 6; count <= 30; count += 6) {
        int alarms[2] = {0, 0};
        for (int i = 0; i < 1000; i++) {
            double values[COUNT_MAX];
            fill(values, count, random, normal);
            alarms[0] += scatter_find(values, count) != SCATTER_PLAIN;
            fill(values, count, random, skewed);
            alarms[1] += scatter_find(values, count) != SCATTER_PLAIN;
        }
        assert_in_range(alarms[0], 0, 50);
        assert_in_range(alarms[1], 0, 50);
    }
    gsl_rng_free(random);
}

static void turns(void **state)
{
    (void)state;
    static const struct {
        double left[6], right[6];
        size_t count;
        bool in_turn;
    } cases[] = {
        {{0, 2, 4, 6}, {1, 3, 5, 7}, 4, true},
        {{0, 3, 4, 7}, {1, 2, 5, 6}, 4, true}, /* shuffled */
        {{0, 0, 1, 1}, {0, 1, 1, 2}, 4, true}, /* whole seconds */
        {{0, 1, 2, 3}, {4, 5, 6, 7}, 4, false},
        {{4, 5, 6, 7}, {0, 1, 2, 3}, 4, false},
        {{0, 2, 4, 6, 8, 10}, {1, 3, 99, 7, 9, 11}, 6, true}, /* one again */
        {{0, 2, 4, 6}, {1, 3, 98, 99}, 4, true},              /* 2 steps of 3 */
        {{0, 2, 4}, {1, 98, 99}, 3, false}, /* half of them are not most */
        {{6, 4, 2, 0}, {7, 5, 3, 1}, 4, false},
        {{NAN, NAN, NAN}, {1, 2, 3}, 3, false},
        {{5}, {1}, 1, true},
        {{0}, {0}, 0, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (interleaving_is(cases[i].left, cases[i].right, cases[i].count) !=
            cases[i].in_turn)
            fail_msg("case %zu", i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(medians),      cmocka_unit_test(too_few),
        cmocka_unit_test(as_exact),     cmocka_unit_test(repeated),
        cmocka_unit_test(counts),       cmocka_unit_test(coverage),
        cmocka_unit_test(pairs),        cmocka_unit_test(scatters),
        cmocka_unit_test(false_alarms), cmocka_unit_test(turns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
