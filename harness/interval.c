/* interval.c: bootstrap intervals of medians; see interval.h. */
#include "harness/interval.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sort.h>

#include "harness/memory.h"

/* Values, and their order by size. */
struct ordered {
    const double *values;
    size_t *order;
    size_t count;
};

static struct ordered ordered_open(const double *values, size_t count)
{
    struct ordered ordered = {values, xcalloc(count + 1, sizeof *ordered.order),
                              count};
    gsl_sort_index(ordered.order, values, 1, count);
    return ordered;
}

/* The value of that rank, from 0, when each is there so many times. */
static double ranked(const struct ordered *ordered, const unsigned *times,
                     size_t rank)
{
    size_t i = 0, seen = times[ordered->order[0]];
    while (seen <= rank)
        seen += times[ordered->order[++i]];
    return ordered->values[ordered->order[i]];
}

static double median(const struct ordered *ordered, const unsigned *times)
{
    double upper = ranked(ordered, times, ordered->count / 2);
    if (ordered->count % 2)
        return upper;
    return (ranked(ordered, times, ordered->count / 2 - 1) + upper) / 2;
}

/* The median of all, each once. */
static double plain_median(const struct ordered *ordered)
{
    const double *values = ordered->values;
    const size_t *order = ordered->order, middle = ordered->count / 2;
    if (ordered->count == 0)
        return NAN;
    return ordered->count % 2
               ? values[order[middle]]
               : (values[order[middle - 1]] + values[order[middle]]) / 2;
}

static bool all_equal(const struct ordered *ordered)
{
    return ordered->values[ordered->order[0]] ==
           ordered->values[ordered->order[ordered->count - 1]];
}

/* Draws as many as there are, with replacement. */
static void draw(gsl_rng *random, unsigned *times, size_t count)
{
    memset(times, 0, count * sizeof *times);
    for (size_t i = 0; i < count; i++)
        times[gsl_rng_uniform_int(random, count)]++;
}

static double divide(double numerator, double denominator)
{
    return numerator == denominator ? 1 : numerator / denominator;
}

/* The share of resamples that is cut off at each end: the tail of Student's
 * distribution instead of the normal one, widened by what the spread of a
 * sample falls short of. */
static double tail(size_t count)
{
    double n = (double)count;
    double t = gsl_cdf_tdist_Pinv((1 - INTERVAL_LEVEL) / 2, n - 1);
    return gsl_cdf_ugaussian_P(sqrt(n / (n - 1)) * t);
}

static void set_bounds(struct interval *interval, const double *resampled)
{
    double cut = tail(interval->count) * INTERVAL_RESAMPLES;
    size_t beyond = (size_t)floor(cut) + 1;
    double *extreme = xcalloc(beyond, sizeof *extreme);
    gsl_sort_smallest(extreme, beyond, resampled, 1, INTERVAL_RESAMPLES);
    interval->low = extreme[beyond - 1];
    gsl_sort_largest(extreme, beyond, resampled, 1, INTERVAL_RESAMPLES);
    interval->high = extreme[beyond - 1];
    free(extreme);
}

/* Of the median of `above`, or where `below` is given of the ratio of both. */
static struct interval bootstrap(const struct ordered *above,
                                 const struct ordered *below, bool paired)
{
    size_t most =
        below && below->count > above->count ? below->count : above->count;
    struct interval interval = {plain_median(above), NAN, NAN, above->count};
    if (below) {
        interval.estimate = divide(interval.estimate, plain_median(below));
        interval.count =
            below->count < above->count ? below->count : above->count;
    }
    if (interval.count < INTERVAL_COUNT_MIN)
        return interval;
    if (all_equal(above) && (!below || all_equal(below))) {
        interval.low = interval.high = interval.estimate;
        return interval;
    }
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
    double *resampled = xcalloc(INTERVAL_RESAMPLES, sizeof *resampled);
    unsigned *times = xcalloc(most, sizeof *times);
    gsl_rng_set(random, INTERVAL_SEED);
    for (size_t i = 0; i < INTERVAL_RESAMPLES; i++) {
        draw(random, times, above->count);
        resampled[i] = median(above, times);
        if (below && !paired)
            draw(random, times, below->count);
        if (below)
            resampled[i] = divide(resampled[i], median(below, times));
    }
    set_bounds(&interval, resampled);
    free(times);
    free(resampled);
    gsl_rng_free(random);
    return interval;
}

struct interval interval_median(const double *values, size_t count)
{
    struct ordered ordered = ordered_open(values, count);
    struct interval interval = bootstrap(&ordered, NULL, false);
    free(ordered.order);
    return interval;
}

static struct interval ratio(const double *numerators, size_t numerator_count,
                             const double *denominators,
                             size_t denominator_count, bool paired)
{
    struct ordered above = ordered_open(numerators, numerator_count);
    struct ordered below = ordered_open(denominators, denominator_count);
    struct interval interval = bootstrap(&above, &below, paired);
    free(above.order);
    free(below.order);
    return interval;
}

struct interval interval_ratio(const double *numerators, size_t numerator_count,
                               const double *denominators,
                               size_t denominator_count)
{
    return ratio(numerators, numerator_count, denominators, denominator_count,
                 false);
}

struct interval interval_paired_ratio(const double *numerators,
                                      const double *denominators, size_t count)
{
    return ratio(numerators, count, denominators, count, true);
}

enum verdict interval_verdict(struct interval ratio)
{
    if (isnan(ratio.estimate))
        return VERDICT_ABSENT;
    if (isnan(ratio.low))
        return VERDICT_TOO_FEW;
    if (ratio.low <= 1 && 1 <= ratio.high)
        return VERDICT_SAME;
    return ratio.high < 1 ? VERDICT_LOWER : VERDICT_HIGHER;
}

const char *verdict_text(enum verdict verdict)
{
    static const char *const texts[] = {
        [VERDICT_ABSENT] = "",       [VERDICT_TOO_FEW] = "too few",
        [VERDICT_SAME] = "same",     [VERDICT_LOWER] = "lower",
        [VERDICT_HIGHER] = "higher",
    };
    return texts[verdict];
}
