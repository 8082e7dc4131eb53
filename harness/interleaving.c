/* interleaving.c: see interleaving.h. */
#include "harness/interleaving.h"

static bool both_before(const double *left, const double *right, size_t i)
{
    return left[i] <= left[i + 1] && left[i] <= right[i + 1] &&
           right[i] <= left[i + 1] && right[i] <= right[i + 1];
}

bool interleaving_is(const double *left, const double *right, size_t count)
{
    size_t in_turn = 0, steps = count ? count - 1 : 0;
    for (size_t i = 0; i < steps; i++)
        in_turn += both_before(left, right, i);
    return steps == 0 || 2 * in_turn > steps;
}
