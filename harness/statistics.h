/* statistics.h: medians and quantiles of small samples, through GSL. */
#ifndef HARNESS_STATISTICS_H
#define HARNESS_STATISTICS_H

#include <stddef.h>

/* The quantile q (0 to 1) by linear interpolation.  Sorts the values in place.
 * NAN when there are none. */
double statistics_quantile(double *values, size_t count, double q);

/* The middle value, or the mean of the two in the middle; as above. */
double statistics_median(double *values, size_t count);

#endif
