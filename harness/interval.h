/* interval.h: a median, or the ratio of two, and how far off it may be.
 *
 * The interval is a bootstrap's: of INTERVAL_RESAMPLES draws with replacement,
 * as many invocations each as there are, the quantiles at both ends.  Those of
 * the plain percentile bootstrap are too narrow for few values; expanded as in
 * Hesterberg, "What Teachers Should Know About the Bootstrap" (American
 * Statistician 2015), they cover the true median, or ratio, in at least 95 of
 * 100 cases from INTERVAL_COUNT_MIN values on (tests/unit-interval.c tries
 * skewed and two-humped ones).  With fewer there is no interval: n values lie
 * all on one side of the true median once in 2^(n-1) times, for n = 5 more
 * often than in 5 of 100 cases, so that no interval between them would do.
 *
 * Draws are made from a fixed seed: the same values give the same interval.  No
 * value is dropped as an outlier. */
#ifndef HARNESS_INTERVAL_H
#define HARNESS_INTERVAL_H

#include <stdbool.h>
#include <stddef.h>

#define INTERVAL_LEVEL 0.95
enum {
    INTERVAL_COUNT_MIN = 6,
    INTERVAL_RESAMPLES = 10000,
    INTERVAL_SEED = 1,
};

struct interval {
    double estimate;  /* NAN: no values */
    double low, high; /* NAN: too few values */
    size_t count;     /* values; of a ratio, those of the shorter list */
};

/* Of the median of values, none of them NAN. */
struct interval interval_median(const double *values, size_t count);

/* Of median(numerators) / median(denominators), of values from 0 on, drawn
 * independently.  The ratio of equal numbers is 1, also of zeros; of a number
 * by 0 it is INFINITY. */
struct interval interval_ratio(const double *numerators, size_t numerator_count,
                               const double *denominators,
                               size_t denominator_count);

/* The same where numerator and denominator i were measured together, and what
 * disturbed one may have disturbed the other: they are drawn together. */
struct interval interval_paired_ratio(const double *numerators,
                                      const double *denominators, size_t count);

/* What a ratio says of the numerators. */
enum verdict {
    VERDICT_ABSENT,  /* one of the two was not measured */
    VERDICT_TOO_FEW, /* there is no interval */
    VERDICT_SAME,    /* the interval covers 1 */
    VERDICT_LOWER,
    VERDICT_HIGHER,
};

enum verdict interval_verdict(struct interval ratio);

/* "same", "too few", ...; "" for VERDICT_ABSENT. */
const char *verdict_text(enum verdict verdict);

#endif
