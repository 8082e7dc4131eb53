/* changepoint.h: where the level of a series changes.
 *
 * The series is cut into segments so that the squares of the distances from
 * each segment's mean, in units of the noise, plus a penalty for every segment
 * are as small as any cutting makes them.  This minimum is exact: PELT of
 * Killick, Fearnhead and Eckley, "Optimal Detection of Changepoints With a
 * Linear Computational Cost" (JASA 2012), which Barrett et al., "Virtual
 * Machine Warmup Blows Hot and Cold" (OOPSLA 2017) use on benchmarks as well.
 * The penalty is 3 log n, of the modified BIC of Zhang and Siegmund (Biometrics
 * 2007).  The noise is taken from the differences of neighbours, by their
 * median, which neither steps nor single outliers disturb. */
#ifndef HARNESS_CHANGEPOINT_H
#define HARNESS_CHANGEPOINT_H

#include <stddef.h>

struct segment {
    size_t start, count;
    double mean;
};

struct segments {
    struct segment *items; /* in order, without gaps */
    size_t count;
};

/* The standard deviation of the noise of a series of normal noise around
 * levels that change now and then; 0 where half of the neighbours are equal. */
double changepoint_noise(const double *values, size_t count);

/* What a segment more must save, in squares of the noise. */
double changepoint_penalty(size_t count);

/* Cuts a series of at least one value; the noise must be above 0.  The time is
 * that of count squared where the level never changes.  Free the items. */
struct segments changepoint_segments(const double *values, size_t count,
                                     double noise);

#endif
