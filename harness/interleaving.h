/* interleaving.h: whether two cells were measured in turn, so that what
 * disturbed a repetition of one disturbed that of the other.
 *
 * A run does so, repetition by repetition, but what is measured with `--only',
 * `--rerun' or the commands of `plan --commands' comes when it comes. */
#ifndef HARNESS_INTERLEAVING_H
#define HARNESS_INTERLEAVING_H

#include <stdbool.h>
#include <stddef.h>

/* The times at which the repetitions that both cells have were begun, in any
 * unit, by number: in turn when of most neighbours both cells had begun the one
 * before any began the next.  A time that is not known (NAN) is none; equal
 * ones may be in turn, for results tell whole seconds; one repetition alone is.
 */
bool interleaving_is(const double *left, const double *right, size_t count);

#endif
