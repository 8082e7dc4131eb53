/* sampler.h: one look at one worker: totals, faults, and its page counts. */
#ifndef SMAPS_SAMPLER_H
#define SMAPS_SAMPLER_H

#include "smaps/faults.h"
#include "smaps/ledger.h"
#include "smaps/rollup.h"

struct sample {
    uint64_t time_ns; /* CLOCK_MONOTONIC when the reading began */
    uint64_t cost_ns; /* what the reading took */
    struct smaps_totals totals;
    struct fault_counts faults;
    struct page_counts *pages; /* region_count + 1, see ledger.h; owned */
    uint64_t lone_file_pages;  /* file pages of this process alone: ledger.h */
};

/* Reads a worker; the caller frees the sample with sample_clear.  Returns 0 or
 * a negative errno. */
int sample_take(const struct ledger *ledger, pid_t worker,
                struct sample *sample);
void sample_clear(struct sample *sample);

#endif
