/* unit-steady.c: changes of level, and the steady state that they leave, of
 * series that are made up. */
#include "harness/bursts.h"
#include "harness/changepoint.h"
#include "harness/steady.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include <cmocka.h>

enum { COUNT = 50, TRIALS = 200, LONG = 10000 };

static void segments(void **state)
{
    (void)state;
    static const double values[] = {5, 5.1, 4.9, 5, 9, 9.1, 9, 8.9, 9, 2, 2.1};
    struct segments found = changepoint_segments(values, 11, 0.1);
    assert_int_equal(found.count, 3);
    assert_int_equal(found.items[0].start, 0);
    assert_int_equal(found.items[0].count, 4);
    assert_true(fabs(found.items[0].mean - 5) < 1e-9);
    assert_int_equal(found.items[1].start, 4);
    assert_int_equal(found.items[1].count, 5);
    assert_true(fabs(found.items[1].mean - 9) < 1e-9);
    assert_int_equal(found.items[2].start, 9);
    assert_int_equal(found.items[2].count, 2);
    free(found.items);
}

/* What any cutting costs, tried out: a bit for every place to cut at. */
static double cheapest(const double *values, size_t count)
{
    double least = INFINITY;
    for (unsigned cuts = 0; cuts < 1U << (count - 1); cuts++) {
        double total = 0;
        for (size_t start = 0, end; start < count; start = end) {
            double sum = 0, squares = 0;
            for (end = start; end == start || !(cuts >> (end - 1) & 1); end++) {
                sum += values[end];
                squares += values[end] * values[end];
                if (end + 1 == count) {
                    end++;
                    break;
                }
            }
            total += squares - sum * sum / (double)(end - start) +
                     changepoint_penalty(count);
        }
        least = fmin(least, total);
    }
    return least;
}

static double cost_of(const struct segments *segments, const double *values,
                      size_t count)
{
    double total = 0;
    for (size_t i = 0; i < segments->count; i++) {
        const struct segment *segment = &segments->items[i];
        for (size_t k = 0; k < segment->count; k++)
            total += pow(values[segment->start + k] - segment->mean, 2);
        total += changepoint_penalty(count);
    }
    return total;
}

/* No cutting at all is cheaper. */
static void exact(void **state)
{
    (void)state;
    enum { SHORT = 12 };
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
    for (int trial = 0; trial < 50; trial++) {
        double values[SHORT], level = 0;
        for (int i = 0; i < SHORT; i++) {
            if (gsl_rng_uniform(random) < 0.3)
                level = gsl_ran_gaussian(random, 5);
            values[i] = level + gsl_ran_gaussian(random, 1);
        }
        struct segments found = changepoint_segments(values, SHORT, 1);
        assert_true(fabs(cost_of(&found, values, SHORT) -
                         cheapest(values, SHORT)) < 1e-6);
        free(found.items);
    }
    gsl_rng_free(random);
}

static void noise(void **state)
{
    (void)state;
    static const double equal[] = {3, 3, 3, 3, 8};
    double values[1000];
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
    for (int i = 0; i < 1000; i++)
        values[i] = (i > 300 ? 50 : 0) + gsl_ran_gaussian(random, 2);
    values[77] = 1e9;
    assert_true(fabs(changepoint_noise(values, 1000) - 2) < 0.2);
    assert_true(changepoint_noise(equal, 5) == 0);
    assert_true(changepoint_noise(equal, 1) == 0);
    gsl_rng_free(random);
}

/* The shapes of series, without noise; all are near 1. */
static double flat(size_t i)
{
    (void)i;
    return 1;
}

static double first_slow(size_t i)
{
    return i == 0 ? 0.5 : 1;
}

static double late_fall(size_t i)
{
    return i < 20 ? 1.3 : 1;
}

static double disturbed(size_t i)
{
    return i == 30 ? 0.4 : 1;
}

static double step_at_the_end(size_t i)
{
    return i < 45 ? 1 : 1.5;
}

static double drift(size_t i)
{
    return 1 + 0.01 * (double)i;
}

static double drift_after_a_slow_first(size_t i)
{
    return i == 0 ? 0.5 : drift(i);
}

static struct {
    int none, from, higher;
} seen;

/* How many of the series are steady from the burst given, or never. */
static void look(double (*shape)(size_t), size_t from)
{
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
    seen.none = seen.from = seen.higher = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
        double values[COUNT];
        for (size_t i = 0; i < COUNT; i++)
            values[i] = shape(i) + gsl_ran_gaussian(random, 0.05);
        struct steady steady = steady_find(values, COUNT);
        assert_int_not_equal(steady.state, STEADY_UNKNOWN);
        seen.none += steady.state == STEADY_NONE;
        seen.from += steady.state == STEADY && steady.from == from;
        seen.higher += steady.state == STEADY && steady.higher_before;
    }
    gsl_rng_free(random);
}

static void noisy(void **state)
{
    (void)state;
    look(flat, 1);
    assert_in_range(seen.from, TRIALS * 93 / 100, TRIALS);
    assert_in_range(seen.higher, 0, TRIALS * 4 / 100);
    look(first_slow, 2);
    assert_in_range(seen.from, TRIALS * 93 / 100, TRIALS);
    look(late_fall, 21);
    assert_in_range(seen.from, TRIALS * 93 / 100, TRIALS);
    assert_in_range(seen.higher, TRIALS * 95 / 100, TRIALS);
    look(disturbed, 1);
    assert_in_range(seen.from, TRIALS * 93 / 100, TRIALS);
    look(step_at_the_end, 0);
    assert_in_range(seen.none, TRIALS * 98 / 100, TRIALS);
    look(drift, 0);
    assert_in_range(seen.none, TRIALS * 95 / 100, TRIALS);
    look(drift_after_a_slow_first, 0);
    assert_in_range(seen.none, TRIALS * 95 / 100, TRIALS);
}

static struct steady of_shape(double (*shape)(size_t), size_t count)
{
    double *values = calloc(count, sizeof *values);
    for (size_t i = 0; i < count; i++)
        values[i] = shape(i);
    struct steady steady = steady_find(values, count);
    free(values);
    return steady;
}

static double zero(size_t i)
{
    (void)i;
    return 0;
}

static double step_of_pages(size_t i)
{
    return i < 2 ? 140 : 9352;
}

static double creeping(size_t i)
{
    return 1000 + 30 * (double)(i / 5);
}

static double negligible(size_t i)
{
    return 100000 + (double)i;
}

static double unmeasured(size_t i)
{
    return i == 7 ? NAN : 1;
}

/* Counts repeat themselves exactly. */
static void exact_counts(void **state)
{
    (void)state;
    struct steady steady = of_shape(zero, COUNT);
    assert_int_equal(steady.state, STEADY);
    assert_int_equal(steady.from, 1);
    steady = of_shape(step_of_pages, 10);
    assert_int_equal(steady.state, STEADY);
    assert_int_equal(steady.from, 3);
    assert_true(steady.level == 9352);
    assert_int_equal(of_shape(creeping, COUNT).state, STEADY_NONE);
    assert_int_equal(of_shape(drift, COUNT).state, STEADY_NONE);
    assert_int_equal(of_shape(negligible, COUNT).from, 1);
}

static void unknown(void **state)
{
    (void)state;
    assert_int_equal(of_shape(flat, STEADY_COUNT_MIN - 1).state,
                     STEADY_UNKNOWN);
    assert_int_equal(of_shape(flat, STEADY_COUNT_MIN).state, STEADY);
    assert_int_equal(of_shape(unmeasured, COUNT).state, STEADY_UNKNOWN);
    assert_int_equal(of_shape(flat, 0).state, STEADY_UNKNOWN);
}

/* Blocks of bursts stand for them. */
static void very_long(void **state)
{
    (void)state;
    struct steady steady = of_shape(late_fall, LONG);
    assert_int_equal(steady.state, STEADY);
    assert_in_range(steady.from, 20, 23);
    assert_true(fabs(steady.level - 1) < 1e-9);
}

/* Two workers: the mean of both after each burst. */
static const char two_workers[] =
    "{\"inherited\": {\"pages\": 100}, \"bursts\": ["
    "  {\"requests\": 10, \"ns\": 1000000000},"
    "  {\"requests\": 10, \"ns\": 2000000000},"
    "  {\"requests\": 10, \"ns\": 0}],"
    " \"workers\": ["
    "  {\"samples\": ["
    "   {\"moment\": \"request\", \"burst\": 1, \"uss_bytes\": 7},"
    "   {\"moment\": \"burst\", \"burst\": 1, \"uss_bytes\": 10,"
    "    \"pages\": {\"total\": {\"broken\": 25}}},"
    "   {\"moment\": \"burst\", \"burst\": 2, \"uss_bytes\": 20},"
    "   {\"moment\": \"burst\", \"burst\": 4, \"uss_bytes\": 99}]},"
    "  {\"samples\": ["
    "   {\"moment\": \"burst\", \"burst\": 1, \"uss_bytes\": 30,"
    "    \"pages\": {\"total\": {\"broken\": 50}}},"
    "   {\"moment\": \"burst\", \"burst\": 2, \"uss_bytes\": 40},"
    "   {\"moment\": \"burst\", \"burst\": 3, \"uss_bytes\": 50}]}]}";

static void bursts(void **state)
{
    (void)state;
    json_t *result = json_loads(two_workers, 0, NULL);
    size_t count;
    assert_non_null(result);
    double *values = bursts_read(result, BURSTS_RATE, &count);
    assert_int_equal(count, 3);
    assert_true(values[0] == 10 && values[1] == 5 && isnan(values[2]));
    free(values);
    values = bursts_read(result, BURSTS_PRIVATE, &count);
    assert_int_equal(count, 3);
    assert_true(values[0] == 20 && values[1] == 30 && isnan(values[2]));
    free(values);
    values = bursts_read(result, BURSTS_EROSION, &count);
    assert_true(values[0] == 0.375 && isnan(values[1]));
    free(values);
    json_decref(result);
    result = json_object();
    free(bursts_read(result, BURSTS_PRIVATE, &count));
    assert_int_equal(count, 0);
    json_decref(result);
}

static void assert_sum(const struct steady *all, size_t count,
                       const char *expected)
{
    struct steady_sum sum = {0};
    for (size_t i = 0; i < count; i++)
        steady_add(&sum, all[i]);
    char *text = steady_text(&sum, true);
    assert_string_equal(text, expected);
    free(text);
    json_t *json = steady_json(&sum);
    assert_int_equal(json_integer_value(json_object_get(json, "from")),
                     atoi(expected));
    assert_int_equal(json_is_null(json_object_get(json, "from")),
                     json_is_string(json_object_get(json, "from_why")));
    json_decref(json);
}

static void sums(void **state)
{
    (void)state;
    static const struct steady all[] = {{STEADY, 1, 5, false},
                                        {STEADY, 4, 5, false},
                                        {STEADY, 2, 5, true},
                                        {.state = STEADY_NONE},
                                        {.state = STEADY_UNKNOWN}};
    assert_sum(all, 0, "-");
    assert_sum(all, 2, "4");
    assert_sum(all, 3, "4, slowed (1/3)");
    assert_sum(all, 4, "none (1/4)");
    assert_sum(all, 5, "-");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(segments),     cmocka_unit_test(exact),
        cmocka_unit_test(noise),        cmocka_unit_test(noisy),
        cmocka_unit_test(exact_counts), cmocka_unit_test(unknown),
        cmocka_unit_test(very_long),    cmocka_unit_test(bursts),
        cmocka_unit_test(sums),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
