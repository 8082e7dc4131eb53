/* steady.h: from which burst on a series keeps its level, if from any.
 *
 * After Barrett et al. (OOPSLA 2017), who found that few programs warm up and
 * then stay fast: a steady state is looked for, and not assumed.  The series is
 * cut where its level changes (changepoint.h).  The level of its last segment
 * is the one that it would have to keep; going back from the end, segments of
 * that level belong to the steady state, and so does a disturbance between
 * them, a segment of at most two bursts at another level.  Levels are the same
 * when they differ by less than a hundredth, or by less than three standard
 * errors.  There is no steady state when what was found is less than a quarter
 * of the series or shorter than STEADY_LENGTH_MIN, and none when the series
 * drifts: when, from some segment on that is no later than the steady one, a
 * straight line, at the price of one change of level, explains it as well.
 *
 * Noise in which one burst resembles the next looks like changes of level: of
 * such a series less is found steady than is. */
#ifndef HARNESS_STEADY_H
#define HARNESS_STEADY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* With fewer bursts nothing can be said. */
enum { STEADY_COUNT_MIN = 8, STEADY_LENGTH_MIN = 4 };

enum steady_state {
    STEADY_UNKNOWN, /* too few bursts, or not all were measured */
    STEADY_NONE,
    STEADY,
};

struct steady {
    enum steady_state state;
    size_t from;  /* the burst, from 1, that the steady state begins with */
    double level; /* its mean */
    bool higher_before; /* an earlier segment, of more than two bursts, had a
                         * higher level: of a rate, a slowdown */
};

/* Looks at one value for each burst. */
struct steady steady_find(const double *values, size_t count);

/* Several invocations of one cell. */
struct steady_sum {
    size_t steady, none, unknown; /* invocations */
    size_t from;                  /* the latest of the steady ones */
    size_t higher_before;         /* steady ones of which that is true */
};

void steady_add(struct steady_sum *sum, struct steady steady);

/* From which burst on all of them are steady, "3"; "none (2/10)" when two of
 * ten are not; "-" when nothing is known.  A rate that fell before it was
 * steady is "3, slowed (2/10)".  The caller frees it. */
char *steady_text(const struct steady_sum *sum, bool is_rate);

/* {from, steady, none, unknown, higher_before}: the burst, null with the reason
 * where not all of them are steady, and numbers of invocations.  The caller
 * releases it. */
json_t *steady_json(const struct steady_sum *sum);

#endif
