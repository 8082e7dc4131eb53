/* steady.c: a steady state out of segments; see steady.h. */
#include "harness/steady.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_fit.h>
#include <gsl/gsl_statistics.h>

#include "harness/changepoint.h"
#include "harness/memory.h"

/* Levels that differ by less are the same. */
#define TOLERANCE 0.01

/* The noise is taken to be this share of the level at least: where values
 * repeat, a change of less is none. */
#define NOISE_MIN 0.001

/* Longer series are averaged over blocks of bursts: the time grows with the
 * square. */
enum { POINTS_MAX = 4096, DISTURBANCE_MAX = 2 };

static bool same_level(const struct segment *left, const struct segment *right,
                       double noise)
{
    double error =
        noise * sqrt(1 / (double)left->count + 1 / (double)right->count);
    double difference = fabs(left->mean - right->mean);
    return difference <= TOLERANCE * fabs(right->mean) ||
           difference <= 3 * error;
}

/* The segment whose level counts: the last that is no disturbance. */
static size_t last_level(const struct segments *segments)
{
    size_t last = segments->count;
    while (last && segments->items[last - 1].count <= DISTURBANCE_MAX)
        last--;
    return last; /* one behind it; 0: all are disturbances */
}

/* The first segment of the stretch that keeps the level of segment `last`. */
static size_t first_of_level(const struct segments *segments, size_t last,
                             double noise)
{
    const struct segment *items = segments->items;
    size_t first = last;
    for (size_t i = last; i-- > 0;) {
        if (same_level(&items[i], &items[last], noise))
            first = i;
        else if (items[i].count > DISTURBANCE_MAX)
            break;
    }
    return first;
}

static double square(double value)
{
    return value * value;
}

/* Squares of the distances from the means of the segments from `first` on. */
static double distances(const double *values, const struct segments *segments,
                        size_t first)
{
    double sum = 0;
    for (size_t i = first; i < segments->count; i++) {
        const struct segment *segment = &segments->items[i];
        for (size_t k = 0; k < segment->count; k++)
            sum += square(values[segment->start + k] - segment->mean);
    }
    return sum;
}

/* Whether a straight line, at the price of one change of level, explains what
 * comes from segment `first` on as well as the segments do. */
static bool is_line(const double *values, const struct segments *segments,
                    size_t first, double noise)
{
    const struct segment *last = &segments->items[segments->count - 1];
    size_t start = segments->items[first].start;
    size_t end = last->start + last->count;
    double length = (double)(end - start), penalty = changepoint_penalty(end);
    double *bursts = xcalloc(end - start, sizeof *bursts);
    double base, slope, errors[3], line;
    if (end - start < STEADY_LENGTH_MIN) {
        free(bursts);
        return false;
    }
    for (size_t i = 0; i < end - start; i++)
        bursts[i] = (double)i - (length - 1) / 2;
    gsl_fit_linear(bursts, 1, values + start, 1, end - start, &base, &slope,
                   &errors[0], &errors[1], &errors[2], &line);
    free(bursts);
    double level = distances(values, segments, first) / square(noise) +
                   penalty * (double)(segments->count - 1 - first);
    return fabs(slope * length) > TOLERANCE * fabs(base) &&
           line / square(noise) + penalty <= level;
}

static bool drifts(const double *values, const struct segments *segments,
                   size_t first, double noise)
{
    for (size_t i = 0; i <= first; i++)
        if (is_line(values, segments, i, noise))
            return true;
    return false;
}

static bool higher_before(const struct segments *segments, size_t first,
                          size_t last, double noise)
{
    const struct segment *items = segments->items;
    for (size_t i = 0; i < first; i++)
        if (items[i].count > DISTURBANCE_MAX &&
            items[i].mean > items[last].mean &&
            !same_level(&items[i], &items[last], noise))
            return true;
    return false;
}

static struct steady find(const double *values, size_t count, double noise)
{
    struct segments segments = changepoint_segments(values, count, noise);
    struct steady steady = {.state = STEADY_NONE};
    size_t end = last_level(&segments);
    if (end) {
        size_t last = end - 1, first = first_of_level(&segments, last, noise);
        size_t start = segments.items[first].start, length = count - start;
        if (4 * length >= count && length >= STEADY_LENGTH_MIN &&
            !drifts(values, &segments, first, noise))
            steady = (struct steady){
                .state = STEADY,
                .from = start + 1,
                .level = gsl_stats_mean(values + start, 1, length),
                .higher_before = higher_before(&segments, first, last, noise),
            };
    }
    free(segments.items);
    return steady;
}

/* Means of blocks; the rest that does not fill one is left out. */
static double *averaged(const double *values, size_t count, size_t block)
{
    double *points = xcalloc(count / block, sizeof *points);
    for (size_t i = 0; i < count / block; i++)
        points[i] = gsl_stats_mean(values + i * block, 1, block);
    return points;
}

struct steady steady_find(const double *values, size_t count)
{
    if (count < STEADY_COUNT_MIN)
        return (struct steady){.state = STEADY_UNKNOWN};
    for (size_t i = 0; i < count; i++)
        if (!isfinite(values[i]))
            return (struct steady){.state = STEADY_UNKNOWN};
    size_t block = (count + POINTS_MAX - 1) / POINTS_MAX;
    double *points = averaged(values, count, block);
    count /= block;
    double least = NOISE_MIN * fabs(gsl_stats_mean(points, 1, count));
    double noise = fmax(changepoint_noise(points, count), least);
    struct steady steady = {STEADY, 1, points[0], false};
    if (noise > 0) /* else all of them are 0 */
        steady = find(points, count, noise);
    free(points);
    if (steady.state == STEADY)
        steady.from = (steady.from - 1) * block + 1;
    return steady;
}

void steady_add(struct steady_sum *sum, struct steady steady)
{
    sum->unknown += steady.state == STEADY_UNKNOWN;
    sum->none += steady.state == STEADY_NONE;
    sum->steady += steady.state == STEADY;
    if (steady.state != STEADY)
        return;
    sum->higher_before += steady.higher_before;
    if (steady.from > sum->from)
        sum->from = steady.from;
}

char *steady_text(const struct steady_sum *sum, bool is_rate)
{
    size_t all = sum->steady + sum->none;
    if (all == 0 || sum->unknown)
        return xstrdup("-");
    if (sum->none)
        return xasprintf("none (%zu/%zu)", sum->none, all);
    if (is_rate && sum->higher_before)
        return xasprintf("%zu, slowed (%zu/%zu)", sum->from, sum->higher_before,
                         all);
    return xasprintf("%zu", sum->from);
}

json_t *steady_json(const struct steady_sum *sum)
{
    json_t *object = json_pack(
        "{s:n, s:I, s:I, s:I, s:I}", "from", "steady", (json_int_t)sum->steady,
        "none", (json_int_t)sum->none, "unknown", (json_int_t)sum->unknown,
        "higher_before", (json_int_t)sum->higher_before);
    if (sum->steady && !sum->none && !sum->unknown)
        json_object_set_new(object, "from",
                            json_integer((json_int_t)sum->from));
    else
        json_object_set_new(object, "from_why",
                            json_string(sum->none ? "not every invocation "
                                                    "reaches a steady state"
                                                  : "too few bursts, or not "
                                                    "all were measured"));
    return object;
}
