/* changepoint.c: exact segmentation; see changepoint.h. */
#include "harness/changepoint.h"

#include <math.h>
#include <stdlib.h>

#include "harness/memory.h"
#include "harness/statistics.h"

double changepoint_noise(const double *values, size_t count)
{
    /* The median of the distances from the mean is this many standard
     * deviations; a difference has the variance of two values. */
    const double median_deviation = 0.6744897501960817;
    if (count < 2)
        return 0;
    double *steps = xcalloc(count - 1, sizeof *steps);
    for (size_t i = 0; i + 1 < count; i++)
        steps[i] = fabs(values[i + 1] - values[i]);
    double noise = statistics_median(steps, count - 1) / median_deviation;
    free(steps);
    return noise / sqrt(2);
}

double changepoint_penalty(size_t count)
{
    return 3 * log((double)count);
}

/* Sums of the first values and of their squares, about one of them, so that
 * little is lost in the differences. */
struct sums {
    double *values, *squares;
    double origin;
};

static struct sums sum_up(const double *values, size_t count, double noise)
{
    struct sums sums = {
        .values = xcalloc(count + 1, sizeof *sums.values),
        .squares = xcalloc(count + 1, sizeof *sums.squares),
        .origin = values[0],
    };
    for (size_t i = 0; i < count; i++) {
        double scaled = (values[i] - sums.origin) / noise;
        sums.values[i + 1] = sums.values[i] + scaled;
        sums.squares[i + 1] = sums.squares[i] + scaled * scaled;
    }
    return sums;
}

/* What the values from `start` to before `end` cost as one segment. */
static double cost(const struct sums *sums, size_t start, size_t end)
{
    double sum = sums->values[end] - sums->values[start];
    double squares = sums->squares[end] - sums->squares[start];
    return squares - sum * sum / (double)(end - start);
}

/* For each end, the start of the last segment of the best cutting up to it. */
static size_t *best_starts(const struct sums *sums, size_t count)
{
    double penalty = changepoint_penalty(count);
    double *best = xcalloc(count + 1, sizeof *best);
    size_t *starts = xcalloc(count + 1, sizeof *starts);
    size_t *candidates = xcalloc(count + 1, sizeof *candidates), left = 0;
    best[0] = -penalty;
    for (size_t end = 1; end <= count; end++) {
        candidates[left++] = end - 1;
        best[end] = INFINITY;
        for (size_t i = 0; i < left; i++) {
            size_t start = candidates[i];
            double total = best[start] + cost(sums, start, end) + penalty;
            if (total < best[end]) {
                best[end] = total;
                starts[end] = start;
            }
        }
        /* What is worse even without a penalty stays so for ever. */
        size_t kept = 0;
        for (size_t i = 0; i < left; i++)
            if (best[candidates[i]] + cost(sums, candidates[i], end) <=
                best[end])
                candidates[kept++] = candidates[i];
        left = kept;
    }
    free(candidates);
    free(best);
    return starts;
}

struct segments changepoint_segments(const double *values, size_t count,
                                     double noise)
{
    struct sums sums = sum_up(values, count, noise);
    size_t *starts = best_starts(&sums, count);
    struct segments segments = {0};
    for (size_t end = count; end; end = starts[end])
        segments.count++;
    segments.items = xcalloc(segments.count, sizeof *segments.items);
    size_t i = segments.count;
    for (size_t end = count; end; end = starts[end]) {
        size_t start = starts[end];
        double sum = sums.values[end] - sums.values[start];
        segments.items[--i] = (struct segment){
            .start = start,
            .count = end - start,
            .mean = sums.origin + noise * sum / (double)(end - start),
        };
    }
    free(starts);
    free(sums.values);
    free(sums.squares);
    return segments;
}
