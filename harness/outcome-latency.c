/* outcome-latency.c: how long requests took, out of a result; see outcome.h. */
#include "harness/outcome.h"

#include <math.h>
#include <stdlib.h>

#include "harness/histogram.h"
#include "harness/memory.h"

/* Adds a histogram of one worker's latencies, if it has it. */
static void merge_latency(const json_t *worker, const char *kind,
                          struct histogram *all)
{
    const json_t *latency =
        json_object_get(json_object_get(worker, "latency"), kind);
    const json_t *buckets = json_object_get(latency, "buckets"), *bucket;
    size_t i;
    if (!json_is_object(latency))
        return;
    struct histogram *one = xcalloc(1, sizeof *one);
    json_array_foreach(buckets, i, bucket)
    {
        json_int_t lower = json_integer_value(json_array_get(bucket, 0));
        json_int_t count = json_integer_value(json_array_get(bucket, 1));
        one->buckets[histogram_bucket((uint64_t)lower)] += (uint64_t)count;
        one->count += (uint64_t)count;
    }
    one->minimum =
        (uint64_t)json_integer_value(json_object_get(latency, "min_ns"));
    one->maximum =
        (uint64_t)json_integer_value(json_object_get(latency, "max_ns"));
    histogram_merge(all, one);
    free(one);
}

/* A share of the values lies below the measure. */
struct quantile {
    double share;
    enum measure measure;
};

static void read_quantiles(const json_t *result, const char *kind,
                           const struct quantile *quantiles, size_t count,
                           double *measures)
{
    const json_t *workers = json_object_get(result, "workers"), *worker;
    struct histogram *all = xcalloc(1, sizeof *all);
    size_t i;
    json_array_foreach(workers, i, worker) merge_latency(worker, kind, all);
    for (i = 0; all->count && i < count; i++)
        measures[quantiles[i].measure] =
            (double)histogram_quantile(all, quantiles[i].share);
    free(all);
}

/* What each worker says of how it kept up with its schedule, summed up. */
static double schedule_sum(const json_t *result, const char *key)
{
    const json_t *workers = json_object_get(result, "workers"), *worker;
    double sum = json_array_size(workers) ? 0 : NAN;
    size_t i;
    json_array_foreach(workers, i, worker)
    {
        const json_t *number =
            json_object_get(json_object_get(worker, "schedule"), key);
        sum += json_is_number(number) ? json_number_value(number) : NAN;
    }
    return sum;
}

void outcome_read_latency(const json_t *result, double *measures)
{
    double workers =
        (double)json_array_size(json_object_get(result, "workers"));
    static const struct quantile service[] = {
        {0.5, MEASURE_P50}, {0.99, MEASURE_P99}, {0.999, MEASURE_P999}};
    static const struct quantile response[] = {{0.5, MEASURE_RESPONSE_P50},
                                               {0.99, MEASURE_RESPONSE_P99},
                                               {0.999, MEASURE_RESPONSE_P999}};
    static const struct quantile wakeup[] = {{0.99, MEASURE_WAKEUP_P99}};
    read_quantiles(result, "service", service, 3, measures);
    read_quantiles(result, "response", response, 3, measures);
    read_quantiles(result, "wakeup", wakeup, 1, measures);
    measures[MEASURE_OFFERED] = schedule_sum(result, "offered_per_second");
    measures[MEASURE_ACHIEVED] = schedule_sum(result, "achieved_per_second");
    measures[MEASURE_BUSY] = schedule_sum(result, "busy_share") / workers;
}
