/* statistics.c: medians and quantiles; see statistics.h. */
#include "harness/statistics.h"

#include <math.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>

double statistics_quantile(double *values, size_t count, double q)
{
    if (!count)
        return NAN;
    gsl_sort(values, 1, count);
    return gsl_stats_quantile_from_sorted_data(values, 1, count, q);
}

double statistics_median(double *values, size_t count)
{
    return statistics_quantile(values, count, 0.5);
}
