/* arrivals.c: the arithmetic of schedules; see arrivals.h. */
#include "harness/arrivals.h"

#include <gsl/gsl_cdf.h>
#include <xxhash.h>

#include "harness/clock.h"

const char *arrivals_word(enum arrivals_kind kind)
{
    static const char *const words[] = {
        [ARRIVALS_CLOSED] = "closed",
        [ARRIVALS_CONSTANT] = "constant",
        [ARRIVALS_POISSON] = "poisson",
    };
    return words[kind];
}

uint64_t arrivals_interval(const struct arrivals_share *share)
{
    return share->workers * NS_PER_SECOND / share->arrivals.per_second;
}

static uint64_t poisson_gap(const struct arrivals_share *share,
                            uint64_t request)
{
    const uint64_t key[] = {share->seed, share->worker, request};
    double u = (double)(XXH64(key, sizeof key, 0) >> 11) * 0x1p-53;
    double mean =
        share->workers * (double)NS_PER_SECOND / share->arrivals.per_second;
    return (uint64_t)gsl_cdf_exponential_Pinv(u, mean);
}

void arrivals_offsets(const struct arrivals_share *share, uint64_t first,
                      size_t count, uint64_t *offset_ns)
{
    uint64_t interval = arrivals_interval(share), due = 0;
    for (size_t i = 0; i < count; i++) {
        if (share->arrivals.kind == ARRIVALS_POISSON)
            due += poisson_gap(share, first + i);
        else if (i == 0)
            due = (share->worker + 1) * interval / share->workers;
        else
            due += interval;
        offset_ns[i] = due;
    }
}
