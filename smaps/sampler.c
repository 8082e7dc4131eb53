/* sampler.c: reads a worker's totals, faults and page counts in a row.  They
 * agree with each other when the worker is quiet meanwhile. */
#include "smaps/sampler.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

static uint64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

int sample_take(const struct ledger *ledger, pid_t worker,
                struct sample *sample)
{
    *sample = (struct sample){.time_ns = now_ns()};
    sample->pages =
        calloc(ledger_region_count(ledger) + 1, sizeof *sample->pages);
    if (!sample->pages)
        return -ENOMEM;
    int result = smaps_rollup_read(worker, &sample->totals);
    if (!result)
        result = fault_counts_read(worker, &sample->faults);
    if (!result)
        result = ledger_count(ledger, worker, sample->pages,
                              &sample->lone_file_pages);
    sample->cost_ns = now_ns() - sample->time_ns;
    if (result)
        sample_clear(sample);
    return result;
}

void sample_clear(struct sample *sample)
{
    free(sample->pages);
    sample->pages = NULL;
}
