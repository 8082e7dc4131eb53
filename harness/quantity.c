/* quantity.c: the quantities and units that figures are made of. */
#include "harness/quantity.h"

#include <math.h>

/* NAN for null, or for what is not there. */
static double number(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static double worker_requests(const struct row *row)
{
    return number(row->row, "requests");
}

static double all_requests(const struct row *row)
{
    return row->served;
}

static double private_memory(const struct row *row)
{
    return number(row->row, "uss_bytes");
}

static double shared_memory(const struct row *row)
{
    return number(row->row, "rss_bytes") - number(row->row, "uss_bytes");
}

static double erosion(const struct row *row)
{
    const json_t *pages = json_object_get(row->row, "pages");
    const json_t *inherited = json_object_get(row->result, "inherited");
    double of = number(inherited, "pages");
    double broken = number(json_object_get(pages, "total"), "broken");
    return of > 0 ? broken / of : NAN;
}

static double request_rate(const struct row *row)
{
    double ns = number(row->row, "ns");
    return ns > 0 ? number(row->row, "requests") * 1e9 / ns : NAN;
}

static double mean_rate(const struct row *row)
{
    return row->spent_ns > 0 ? row->served * 1e9 / row->spent_ns : NAN;
}

/* What the group of all processes had at the last look of a burst; of burst 0,
 * at the fork. */
static double group_at(const struct row *row, double burst, const char *key)
{
    const json_t *limits = json_object_get(row->result, "limits");
    const json_t *looks = json_object_get(limits, "looks"), *look;
    double found = NAN;
    size_t i;
    json_array_foreach(looks, i, look) if (number(look, "burst") == burst)
        found = number(look, key);
    return found;
}

static double group_swap(const struct row *row)
{
    return group_at(row, number(row->row, "burst"), "swap_bytes");
}

static double major_faults(const struct row *row)
{
    double burst = number(row->row, "burst");
    return group_at(row, burst, "major_faults") -
           group_at(row, burst - 1, "major_faults");
}

const struct quantity quantities[] = {
    {"worker-requests", SOURCE_SAMPLES, KIND_COUNT, worker_requests},
    {"all-requests", SOURCE_BURSTS, KIND_COUNT, all_requests},
    {"private-memory", SOURCE_SAMPLES, KIND_BYTES, private_memory},
    {"shared-memory", SOURCE_SAMPLES, KIND_BYTES, shared_memory},
    {"erosion", SOURCE_SAMPLES, KIND_RATIO, erosion},
    {"request-rate", SOURCE_BURSTS, KIND_RATE, request_rate},
    {"mean-rate", SOURCE_BURSTS, KIND_RATE, mean_rate},
    {"group-swap", SOURCE_BURSTS, KIND_BYTES, group_swap},
    {"major-faults", SOURCE_BURSTS, KIND_COUNT, major_faults},
};
const size_t quantity_count = sizeof quantities / sizeof *quantities;

const struct unit units[] = {
    {"requests", KIND_COUNT, 1},      {"faults", KIND_COUNT, 1},
    {"MiB", KIND_BYTES, 1024 * 1024}, {"percent", KIND_RATIO, 0.01},
    {"requests/s", KIND_RATE, 1},
};
const size_t unit_count = sizeof units / sizeof *units;
