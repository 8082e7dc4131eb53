/* histogram.h: latencies, counted in buckets of bounded relative error.
 *
 * Values below 128 have a bucket each.  From there on every power of two is cut
 * into 64 buckets of equal width.  The bound: a bucket in [2^k, 2^(k+1)) is
 * 2^(k-6) wide and its values are at least 2^k, so its middle is off by at most
 * half a width, 2^(k-7), which is at most 2^-7 = 1/128 of any value in it. */
#ifndef HARNESS_HISTOGRAM_H
#define HARNESS_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

#define HISTOGRAM_RELATIVE_ERROR (1.0 / 128)
#define HISTOGRAM_LINEAR         64u /* buckets for each power of two */
#define HISTOGRAM_BUCKETS        (HISTOGRAM_LINEAR * (64 - 6 + 1))

struct histogram {
    uint64_t count, sum;
    uint64_t minimum, maximum; /* exact; meaningless while count is 0 */
    uint64_t buckets[HISTOGRAM_BUCKETS];
};

/* The bucket of a value, and a bucket's lowest value. */
size_t histogram_bucket(uint64_t value);
uint64_t histogram_lower(size_t bucket);

/* Counts a value; all zero bytes are an empty histogram. */
void histogram_record(struct histogram *histogram, uint64_t value);

/* Adds a histogram to another. */
void histogram_merge(struct histogram *into, const struct histogram *from);

/* The value below or at which the share `q` (0 to 1) of all values lies: the
 * middle of the bucket of the value with rank ceil(q * count), within the
 * recorded minimum and maximum.  0 when the histogram is empty. */
uint64_t histogram_quantile(const struct histogram *histogram, double q);

#endif
