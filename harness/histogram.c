/* histogram.c: the log-linear latency histogram; see histogram.h. */
#include "harness/histogram.h"

#include <math.h>

size_t histogram_bucket(uint64_t value)
{
    if (value < HISTOGRAM_LINEAR)
        return (size_t)value;
    unsigned power = 63 - (unsigned)__builtin_clzll(value);
    unsigned shift = power - 6;
    return (size_t)HISTOGRAM_LINEAR * shift + (size_t)(value >> shift);
}

uint64_t histogram_lower(size_t bucket)
{
    if (bucket < 2 * HISTOGRAM_LINEAR)
        return bucket;
    unsigned shift = (unsigned)(bucket / HISTOGRAM_LINEAR) - 1;
    return (bucket - (uint64_t)HISTOGRAM_LINEAR * shift) << shift;
}

void histogram_record(struct histogram *histogram, uint64_t value)
{
    if (!histogram->count || value < histogram->minimum)
        histogram->minimum = value;
    if (!histogram->count || value > histogram->maximum)
        histogram->maximum = value;
    histogram->count++;
    histogram->sum += value;
    histogram->buckets[histogram_bucket(value)]++;
}

void histogram_merge(struct histogram *into, const struct histogram *from)
{
    if (!from->count)
        return;
    if (!into->count || from->minimum < into->minimum)
        into->minimum = from->minimum;
    if (!into->count || from->maximum > into->maximum)
        into->maximum = from->maximum;
    into->count += from->count;
    into->sum += from->sum;
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
        into->buckets[i] += from->buckets[i];
}

static uint64_t middle(size_t bucket)
{
    unsigned group = (unsigned)(bucket / HISTOGRAM_LINEAR);
    uint64_t width = group < 2 ? 1 : UINT64_C(1) << (group - 1);
    return histogram_lower(bucket) + width / 2;
}

uint64_t histogram_quantile(const struct histogram *histogram, double q)
{
    uint64_t rank = (uint64_t)ceil(q * (double)histogram->count), seen = 0;
    if (!histogram->count)
        return 0;
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        seen += histogram->buckets[i];
        if (seen < rank || !seen)
            continue;
        uint64_t value = middle(i);
        if (value < histogram->minimum)
            return histogram->minimum;
        return value < histogram->maximum ? value : histogram->maximum;
    }
    return histogram->maximum;
}
