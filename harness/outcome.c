/* outcome.c: numbers and checksums out of a result; see outcome.h. */
#include "harness/outcome.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness/memory.h"
#include "harness/statistics.h"

#define PAGE_SIZE 4096.0

/* A number somewhere below, by a path of keys; NAN when it is not there. */
static double number_at(const json_t *json, const char *first,
                        const char *second, const char *third)
{
    const char *const keys[] = {first, second, third};
    for (size_t i = 0; i < 3 && keys[i]; i++)
        json = json_object_get(json, keys[i]);
    return json_is_number(json) ? json_number_value(json) : NAN;
}

static double ratio(double part, double whole)
{
    return whole > 0 ? part / whole : NAN;
}

/* A worker's last sample, or the first of a moment; NULL if none. */
static const json_t *sample_of(const json_t *worker, const char *moment)
{
    const json_t *samples = json_object_get(worker, "samples"), *sample;
    size_t i;
    if (!moment)
        return json_array_get(samples, json_array_size(samples) - 1);
    json_array_foreach(samples, i, sample)
    {
        const char *text = json_string_value(json_object_get(sample, "moment"));
        if (text && !strcmp(text, moment))
            return sample;
    }
    return NULL;
}

/* The mean over all workers of a number of each; NAN if one has none. */
static double mean(const json_t *result,
                   double (*measure)(const json_t *result,
                                     const json_t *worker))
{
    const json_t *workers = json_object_get(result, "workers"), *worker;
    double sum = 0;
    size_t i;
    json_array_foreach(workers, i, worker)
    {
        if (isnan(sum))
            return NAN;
        sum += measure(result, worker);
    }
    return ratio(sum, (double)json_array_size(workers));
}

static double last_private(const json_t *result, const json_t *worker)
{
    (void)result;
    return number_at(sample_of(worker, NULL), "uss_bytes", NULL, NULL);
}

static double last_pss(const json_t *result, const json_t *worker)
{
    (void)result;
    return number_at(sample_of(worker, NULL), "pss_bytes", NULL, NULL);
}

static double last_broken(const json_t *result, const json_t *worker)
{
    return ratio(number_at(sample_of(worker, NULL), "pages", "total", "broken"),
                 number_at(result, "inherited", "pages", NULL));
}

static double last_broken_bytes(const json_t *result, const json_t *worker)
{
    (void)result;
    return PAGE_SIZE *
           number_at(sample_of(worker, NULL), "pages", "total", "broken");
}

static double distilled_bytes(const json_t *result, const json_t *worker)
{
    return last_broken_bytes(result, worker) -
           PAGE_SIZE *
               (number_at(worker, "floor", "hole_cost_pages", NULL) +
                number_at(worker, "floor", "collector_cost_pages", NULL));
}

/* The duration of the n-th full collection that was asked for. */
static double asked_collection(const json_t *worker, unsigned n)
{
    const json_t *list = json_object_get(worker, "collections"), *collection;
    size_t i;
    json_array_foreach(list, i, collection)
    {
        const char *kind =
            json_string_value(json_object_get(collection, "kind"));
        const char *why = json_string_value(json_object_get(collection, "why"));
        if (kind && why && !strcmp(kind, "full") && !strcmp(why, "asked") &&
            n-- == 0)
            return number_at(collection, "ns", NULL, NULL);
    }
    return NAN;
}

static double first_idle(const json_t *result, const json_t *worker)
{
    (void)result;
    return asked_collection(worker, 0);
}

static double second_idle(const json_t *result, const json_t *worker)
{
    (void)result;
    return asked_collection(worker, 1);
}

/* Pages of a kind that the first idle collection added, over all regions of a
 * role; NAN when the subject names no such region. */
static double idle_growth(const json_t *result, const json_t *worker,
                          const char *role, const char *kind)
{
    const json_t *regions = json_object_get(result, "regions"), *region;
    const json_t *before = sample_of(worker, "forked");
    const json_t *after = sample_of(worker, "collection");
    double sum = NAN;
    size_t i;
    json_array_foreach(regions, i, region)
    {
        const char *name = json_string_value(json_object_get(region, "name"));
        const char *its = json_string_value(json_object_get(region, "role"));
        if (!name || !its || strcmp(its, role))
            continue;
        sum = (isnan(sum) ? 0 : sum) + number_at(after, "pages", name, kind) -
              number_at(before, "pages", name, kind);
    }
    return sum;
}

static double idle_broken(const json_t *result, const json_t *worker)
{
    return idle_growth(result, worker, "objects", "broken");
}

static double idle_side_pages(const json_t *result, const json_t *worker)
{
    return idle_growth(result, worker, "side", "broken") +
           idle_growth(result, worker, "side", "new");
}

/* Inherited pages of the objects' regions. */
static double object_pages(const json_t *result)
{
    const json_t *regions = json_object_get(result, "regions"), *region;
    double sum = NAN;
    size_t i;
    json_array_foreach(regions, i, region)
    {
        const char *name = json_string_value(json_object_get(region, "name"));
        const char *role = json_string_value(json_object_get(region, "role"));
        if (name && role && !strcmp(role, "objects"))
            sum = (isnan(sum) ? 0 : sum) +
                  number_at(result, "inherited", "by_region", name);
    }
    return sum;
}

/* What all workers had for themselves at their n-th sample. */
static double private_at(const json_t *result, size_t n)
{
    const json_t *workers = json_object_get(result, "workers"), *worker;
    double sum = 0;
    size_t i;
    json_array_foreach(workers, i, worker)
    {
        const json_t *samples = json_object_get(worker, "samples");
        if (isnan(sum))
            return NAN;
        sum += number_at(json_array_get(samples, n), "uss_bytes", NULL, NULL);
    }
    return sum;
}

static double peak(const json_t *result)
{
    const json_t *first = json_array_get(json_object_get(result, "workers"), 0);
    size_t count = json_array_size(json_object_get(first, "samples"));
    double most = NAN;
    for (size_t n = 0; n < count; n++)
        most = fmax(most, private_at(result, n));
    return number_at(result, "template", "memory", "uss_bytes") + most;
}

/* By the wall clock, in whole seconds. */
static double started(const json_t *result)
{
    const char *text = json_string_value(json_object_get(result, "started_at"));
    struct tm utc = {0};
    return text && strptime(text, "%Y-%m-%dT%H:%M:%SZ", &utc)
               ? (double)timegm(&utc)
               : NAN;
}

static double request_rate(const json_t *result)
{
    const json_t *bursts = json_object_get(result, "bursts"), *burst;
    double requests = 0, ns = 0;
    size_t i;
    json_array_foreach(bursts, i, burst)
    {
        requests += number_at(burst, "requests", NULL, NULL);
        ns += number_at(burst, "ns", NULL, NULL);
    }
    return ratio(requests * 1e9, ns);
}

static double first_collection(const json_t *result)
{
    const json_t *workers = json_object_get(result, "workers"), *worker;
    double *values = xcalloc(json_array_size(workers) + 1, sizeof *values);
    size_t i, count = 0;
    json_array_foreach(workers, i, worker)
    {
        double ns = number_at(worker, "first_full_collection_ns", NULL, NULL);
        if (!isnan(ns))
            values[count++] = ns;
    }
    double median = statistics_median(values, count);
    free(values);
    return median;
}

/* Objects and their buffers; a subject need not have buffers. */
static double heap_bytes(const json_t *result)
{
    double buffers = number_at(result, "template", "layout", "buffer_bytes");
    return number_at(result, "template", "layout", "object_bytes") +
           (isnan(buffers) ? 0 : buffers);
}

static double layout_number(const json_t *result, const char *key)
{
    return number_at(result, "template", "layout", key);
}

static void read_idle(const json_t *result, double *measures)
{
    measures[MEASURE_FIRST_IDLE] = mean(result, first_idle);
    measures[MEASURE_SECOND_IDLE] = mean(result, second_idle);
    measures[MEASURE_OBJECT_PAGES] = object_pages(result);
    measures[MEASURE_HEADER_PAGES] = layout_number(result, "header_pages");
    measures[MEASURE_MARK_PAGES] = layout_number(result, "mark_pages");
    measures[MEASURE_SIDE_MARK_PAGES] =
        layout_number(result, "side_mark_pages");
    measures[MEASURE_FREE_CELL_PAGES] =
        layout_number(result, "free_cell_pages");
    measures[MEASURE_IDLE_BROKEN] = mean(result, idle_broken);
    measures[MEASURE_IDLE_SHARE] =
        ratio(measures[MEASURE_IDLE_BROKEN], measures[MEASURE_OBJECT_PAGES]);
    measures[MEASURE_SIDE_PAGES] = mean(result, idle_side_pages);
    measures[MEASURE_SIDE_SHARE] =
        ratio(PAGE_SIZE * measures[MEASURE_SIDE_PAGES], heap_bytes(result));
}

/* Names of counters in the workers' stats. */
static const struct {
    enum measure measure;
    const char *name;
} counters[] = {
    {MEASURE_MINORS, "minor_collections"},
    {MEASURE_COLLECTIONS, "collections"},
    {MEASURE_PROMOTED_OBJECTS, "promoted_objects"},
    {MEASURE_PROMOTED_BYTES, "promoted_bytes"},
    {MEASURE_OLD_TO_YOUNG, "old_to_young_references"},
    {MEASURE_REWRITTEN, "rewritten_references"},
    {MEASURE_REWRITTEN_PAGES, "rewritten_inherited_pages"},
    {MEASURE_AVOIDED_REWRITES, "avoided_rewrites"},
    {MEASURE_SLOW_PATHS, "barrier_slow_paths"},
    {MEASURE_TABLE_LOADS, "table_loads"},
    {MEASURE_LINK_WRITES, "link_writes"},
};

static void read_counters(const json_t *result, double *measures)
{
    const json_t *workers = json_object_get(result, "workers"), *worker;
    for (size_t i = 0; i < sizeof counters / sizeof *counters; i++) {
        double sum = 0;
        size_t j;
        json_array_foreach(workers, j, worker) sum +=
            number_at(worker, "stats", counters[i].name, NULL);
        measures[counters[i].measure] =
            ratio(sum, (double)json_array_size(workers));
    }
}

static char *text_at(const json_t *json, const char *key)
{
    const char *text = json_string_value(json_object_get(json, key));
    return xstrdup(text ? text : "none");
}

static void read_checksums(const json_t *result, struct outcome *outcome)
{
    const json_t *workers = json_object_get(result, "workers"), *worker;
    size_t i, count = json_array_size(workers);
    outcome->graphs = xcalloc(count + 2, sizeof *outcome->graphs);
    outcome->replies = xcalloc(count + 1, sizeof *outcome->replies);
    outcome->graphs[0] =
        text_at(json_object_get(result, "template"), "graph_checksum");
    json_array_foreach(workers, i, worker)
    {
        outcome->graphs[i + 1] = text_at(worker, "graph_checksum");
        outcome->replies[i] = text_at(worker, "reply_checksum");
    }
}

static void read_blame(const json_t *result, struct outcome *outcome)
{
    const json_t *workers = json_object_get(result, "workers"), *worker;
    json_t *blame = json_object_get(result, "blame");
    size_t i;
    if (!json_is_object(blame))
        return;
    outcome->blame = json_incref(blame);
    outcome->floors = json_array();
    json_array_foreach(workers, i, worker)
    {
        json_t *floor = json_object_get(worker, "floor");
        if (json_is_object(floor))
            json_array_append(outcome->floors, floor);
    }
}

static void read_steady(const json_t *result, struct outcome *outcome)
{
    for (int i = 0; i < BURSTS_SERIES; i++) {
        size_t count;
        double *values = bursts_read(result, (enum bursts_series)i, &count);
        outcome->steady[i] = steady_find(values, count);
        free(values);
    }
}

struct outcome outcome_read(const json_t *result)
{
    struct outcome outcome = {.known = true};
    const char *status = json_string_value(json_object_get(result, "status"));
    outcome.valid = status && !strcmp(status, "valid");
    const char *reason = json_string_value(json_object_get(result, "reason"));
    outcome.reason = reason ? xstrdup(reason) : NULL;
    double *measures = outcome.measures;
    for (size_t i = 0; i < MEASURE_COUNT; i++)
        measures[i] = NAN;
    measures[MEASURE_INHERITED] =
        PAGE_SIZE * number_at(result, "inherited", "pages", NULL);
    measures[MEASURE_BROKEN] = mean(result, last_broken);
    measures[MEASURE_BROKEN_BYTES] = mean(result, last_broken_bytes);
    measures[MEASURE_DISTILLED_BYTES] = mean(result, distilled_bytes);
    measures[MEASURE_PRIVATE] = mean(result, last_private);
    measures[MEASURE_PSS] = mean(result, last_pss);
    measures[MEASURE_PEAK] = peak(result);
    measures[MEASURE_WALL] = number_at(result, "wall_ns", NULL, NULL);
    measures[MEASURE_STARTED] = started(result);
    measures[MEASURE_RATE] = request_rate(result);
    measures[MEASURE_FIRST_COLLECTION] = first_collection(result);
    outcome_read_latency(result, measures);
    outcome_read_limits(result, measures);
    read_idle(result, measures);
    read_counters(result, measures);
    read_steady(result, &outcome);
    outcome.events = event_counts_read(result);
    read_blame(result, &outcome);
    read_checksums(result, &outcome);
    return outcome;
}

static void free_texts(char **texts)
{
    for (size_t i = 0; texts && texts[i]; i++)
        free(texts[i]);
    free(texts);
}

void outcome_clear(struct outcome *outcome)
{
    free(outcome->reason);
    event_counts_clear(&outcome->events);
    json_decref(outcome->blame);
    json_decref(outcome->floors);
    free_texts(outcome->graphs);
    free_texts(outcome->replies);
    *outcome = (struct outcome){0};
}
