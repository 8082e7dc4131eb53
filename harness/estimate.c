/* estimate.c: see estimate.h. */
#include "harness/estimate.h"

#include <math.h>
#include <stdio.h>

#include "harness/clock.h"

static void add_cell(const struct store *store, size_t cell, double *sum,
                     unsigned *count)
{
    for (unsigned i = 1; i <= store->experiment->invocations; i++) {
        const struct outcome *outcome = store_outcome(store, cell, i);
        double ns = outcome->valid ? outcome->measures[MEASURE_WALL] : NAN;
        if (isnan(ns))
            continue;
        *sum += ns;
        ++*count;
    }
}

double estimate_ns(const struct store *store, size_t cell)
{
    double sum = 0;
    unsigned count = 0;
    add_cell(store, cell, &sum, &count);
    for (size_t i = 0; !count && i < store->experiment->cell_count; i++)
        add_cell(store, i, &sum, &count);
    return count ? sum / count : NAN;
}

void estimate_text(double ns, char text[32])
{
    unsigned long seconds = (unsigned long)(ns / NS_PER_SECOND + 0.5);
    if (seconds < 60)
        snprintf(text, 32, "%lu s", seconds);
    else if (seconds < 3600)
        snprintf(text, 32, "%lu min %lu s", seconds / 60, seconds % 60);
    else
        snprintf(text, 32, "%lu h %lu min", seconds / 3600,
                 seconds % 3600 / 60);
}
