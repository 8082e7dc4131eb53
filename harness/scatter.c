/* scatter.c: gaps and distances among a few values; see scatter.h. */
#include "harness/scatter.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>

#include "harness/memory.h"
#include "harness/statistics.h"

#define NEGLIGIBLE          0.01
#define OUTLYING            10.0
#define DEVIATION_BY_MEDIAN 1.4826

/* The widest gap that has two values or more on either side. */
static double widest_gap(const double *sorted, size_t count)
{
    double widest = 0;
    for (size_t i = 2; i + 2 <= count; i++)
        widest = fmax(widest, sorted[i] - sorted[i - 1]);
    return widest;
}

static enum scatter find(double *sorted, size_t count)
{
    double median = gsl_stats_median_from_sorted_data(sorted, 1, count);
    double range = sorted[count - 1] - sorted[0];
    double negligible = NEGLIGIBLE * fabs(median);
    double gap = widest_gap(sorted, count);
    if (gap > negligible && gap > range * (count < 10 ? 2 / 3.0 : 1 / 2.0))
        return SCATTER_TWO;
    double farthest = fmax(median - sorted[0], sorted[count - 1] - median);
    for (size_t i = 0; i < count; i++)
        sorted[i] = fabs(sorted[i] - median);
    double deviation = DEVIATION_BY_MEDIAN * statistics_median(sorted, count);
    return farthest > negligible && farthest > OUTLYING * deviation
               ? SCATTER_OUTLYING
               : SCATTER_PLAIN;
}

enum scatter scatter_find(const double *values, size_t count)
{
    if (count < SCATTER_COUNT_MIN)
        return SCATTER_PLAIN;
    double *sorted = xcalloc(count, sizeof *sorted);
    memcpy(sorted, values, count * sizeof *sorted);
    gsl_sort(sorted, 1, count);
    enum scatter scatter = find(sorted, count);
    free(sorted);
    return scatter;
}

const char *scatter_text(enum scatter scatter)
{
    static const char *const texts[] = {
        [SCATTER_PLAIN] = NULL,
        [SCATTER_TWO] = "two groups",
        [SCATTER_OUTLYING] = "outlying",
    };
    return texts[scatter];
}
