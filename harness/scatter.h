/* scatter.h: whether the invocations of a cell are of one kind.
 *
 * A median and its interval say little of a cell whose invocations fall into
 * two groups, or of which one is far from all others.  Nothing is dropped for
 * it: it is said, so that somebody looks. */
#ifndef HARNESS_SCATTER_H
#define HARNESS_SCATTER_H

#include <stddef.h>

enum scatter {
    SCATTER_PLAIN,    /* or too few values to say, below SCATTER_COUNT_MIN */
    SCATTER_TWO,      /* two groups, of two values or more: the gap between
                       * them is more than half of the range, with fewer than
                       * ten values two thirds */
    SCATTER_OUTLYING, /* a value more than ten standard deviations, estimated
                       * by the median of the distances from it, off the median
                       * of all */
};

enum { SCATTER_COUNT_MIN = 6 };

/* Values that lie within a hundredth of the median are of one kind.  Of values
 * that are, of a normal, uniform or log-normal distribution, at most 5 of 100
 * samples are found not to be. */
enum scatter scatter_find(const double *values, size_t count);

/* "two groups", "outlying"; NULL for SCATTER_PLAIN. */
const char *scatter_text(enum scatter scatter);

#endif
