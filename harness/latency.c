/* latency.c: see latency.h. */
#include "harness/latency.h"

#include <math.h>
#include <stdbool.h>

#define CLOSED "closed loop: a request begins when the one before has ended"

void latency_add(struct latency *latency, const uint64_t *service_ns,
                 size_t count)
{
    for (size_t i = 0; i < count; i++)
        histogram_record(&latency->service, service_ns[i]);
}

/* Whether each began when it was due or the one before it had ended. */
static bool in_order(const uint64_t *due_ns, const uint64_t *service_ns,
                     const uint64_t *response_ns, size_t count)
{
    uint64_t ended = 0;
    for (size_t i = 0; i < count; i++) {
        if (response_ns[i] < service_ns[i] ||
            due_ns[i] + response_ns[i] - service_ns[i] < ended)
            return false;
        ended = due_ns[i] + response_ns[i];
    }
    return true;
}

int latency_add_scheduled(struct latency *latency, uint64_t start_ns,
                          const uint64_t *due_ns, const uint64_t *service_ns,
                          const uint64_t *response_ns, size_t count)
{
    if (!in_order(due_ns, service_ns, response_ns, count))
        return -1;
    uint64_t ended = start_ns, late = 0;
    latency_add(latency, service_ns, count);
    for (size_t i = 0; i < count; i++) {
        late = response_ns[i] - service_ns[i];
        histogram_record(&latency->response, response_ns[i]);
        if (ended <= due_ns[i])
            histogram_record(&latency->wakeup, late);
        ended = due_ns[i] + response_ns[i];
    }
    latency->schedules++;
    latency->schedule_ns += due_ns[count - 1] - start_ns;
    latency->behind_ns += late;
    latency->span_ns += ended - start_ns;
    return 0;
}

static double per_second(uint64_t requests, uint64_t ns)
{
    return ns ? (double)requests * 1e9 / (double)ns : NAN;
}

double latency_offered(const struct latency *latency)
{
    return per_second(latency->response.count, latency->schedule_ns);
}

double latency_achieved(const struct latency *latency)
{
    return per_second(latency->response.count,
                      latency->schedule_ns + latency->behind_ns);
}

double latency_busy(const struct latency *latency)
{
    return latency->span_ns
               ? (double)latency->service.sum / (double)latency->span_ns
               : NAN;
}

static json_t *histogram_json(const struct histogram *histogram)
{
    json_t *buckets = json_array();
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
        if (histogram->buckets[i])
            json_array_append_new(
                buckets, json_pack("[I,I]", (json_int_t)histogram_lower(i),
                                   (json_int_t)histogram->buckets[i]));
    return json_pack(
        "{s:I, s:I, s:I, s:I, s:f, s:o}", "count", (json_int_t)histogram->count,
        "min_ns", (json_int_t)histogram->minimum, "max_ns",
        (json_int_t)histogram->maximum, "sum_ns", (json_int_t)histogram->sum,
        "relative_error", HISTOGRAM_RELATIVE_ERROR, "buckets", buckets);
}

/* Sets a histogram, or null and why it is empty. */
static void put(json_t *object, const char *key, const char *why_key,
                const struct histogram *histogram, const char *why)
{
    if (histogram->count) {
        json_object_set_new(object, key, histogram_json(histogram));
        return;
    }
    json_object_set_new(object, key, json_null());
    json_object_set_new(object, why_key, json_string(why));
}

void latency_put(json_t *worker, const struct latency *latency)
{
    bool open = latency->response.count > 0;
    const char *why = latency->service.count ? CLOSED : "no request was served";
    json_t *object = json_object();
    put(object, "service", "service_why", &latency->service, why);
    put(object, "response", "response_why", &latency->response, why);
    put(object, "wakeup", "wakeup_why", &latency->wakeup,
        open ? "it never had to wait for a request" : why);
    json_object_set_new(worker, "latency", object);
    json_object_set_new(
        worker, "schedule",
        open ? json_pack("{s:i, s:I, s:I, s:I, s:f, s:f, s:f}", "schedules",
                         (int)latency->schedules, "ns",
                         (json_int_t)latency->schedule_ns, "behind_ns",
                         (json_int_t)latency->behind_ns, "span_ns",
                         (json_int_t)latency->span_ns, "offered_per_second",
                         latency_offered(latency), "achieved_per_second",
                         latency_achieved(latency), "busy_share",
                         latency_busy(latency))
             : json_null());
    if (!open)
        json_object_set_new(worker, "schedule_why", json_string(why));
}
