/* bursts.c: series of bursts out of a result; see bursts.h. */
#include "harness/bursts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/memory.h"

static double number(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static double rate(const json_t *burst)
{
    double ns = number(burst, "ns");
    return ns > 0 ? number(burst, "requests") * 1e9 / ns : NAN;
}

static double private_bytes(const json_t *result, const json_t *sample)
{
    (void)result;
    return number(sample, "uss_bytes");
}

static double erosion(const json_t *result, const json_t *sample)
{
    const json_t *pages = json_object_get(sample, "pages");
    double inherited = number(json_object_get(result, "inherited"), "pages");
    double broken = number(json_object_get(pages, "total"), "broken");
    return inherited > 0 ? broken / inherited : NAN;
}

/* Adds one worker's samples after bursts to the sums, and counts them. */
static void add_worker(const json_t *result, const json_t *worker,
                       double (*value)(const json_t *, const json_t *),
                       double *sums, size_t *samples, size_t count)
{
    const json_t *list = json_object_get(worker, "samples"), *sample;
    size_t i;
    json_array_foreach(list, i, sample)
    {
        const char *moment =
            json_string_value(json_object_get(sample, "moment"));
        json_int_t burst = json_integer_value(json_object_get(sample, "burst"));
        if (!moment || strcmp(moment, "burst") || burst < 1 ||
            (size_t)burst > count)
            continue;
        sums[burst - 1] += value(result, sample);
        samples[burst - 1]++;
    }
}

static void read_workers(const json_t *result,
                         double (*value)(const json_t *, const json_t *),
                         double *values, size_t count)
{
    const json_t *workers = json_object_get(result, "workers"), *worker;
    size_t *samples = xcalloc(count + 1, sizeof *samples);
    size_t i, all = json_array_size(workers);
    json_array_foreach(workers, i, worker)
        add_worker(result, worker, value, values, samples, count);
    for (i = 0; i < count; i++)
        values[i] = all && samples[i] == all ? values[i] / (double)all : NAN;
    free(samples);
}

double *bursts_read(const json_t *result, enum bursts_series series,
                    size_t *count)
{
    const json_t *bursts = json_object_get(result, "bursts"), *burst;
    size_t i;
    *count = json_array_size(bursts);
    double *values = xcalloc(*count + 1, sizeof *values);
    if (series != BURSTS_RATE)
        read_workers(result, series == BURSTS_PRIVATE ? private_bytes : erosion,
                     values, *count);
    else
        json_array_foreach(bursts, i, burst) values[i] = rate(burst);
    return values;
}

static const struct {
    const char *key, *header;
} names[] = {
    [BURSTS_RATE] = {"requests_per_second", "requests/s"},
    [BURSTS_PRIVATE] = {"private_bytes", "private MiB"},
    [BURSTS_EROSION] = {"broken_share", "broken %"},
};

const char *bursts_key(enum bursts_series series)
{
    return names[series].key;
}

const char *bursts_header(enum bursts_series series)
{
    return names[series].header;
}
