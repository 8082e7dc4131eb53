/* interval-json.c: see interval-json.h. */
#include "harness/interval-json.h"

#include <math.h>
#include <stdlib.h>

#include "harness/memory.h"

void number_set(json_t *object, const char *key, double value, const char *why)
{
    if (isfinite(value)) {
        json_object_set_new(object, key, json_real(value));
        return;
    }
    char *why_key = xasprintf("%s_why", key);
    json_object_set_new(object, key, json_null());
    json_object_set_new(object, why_key, json_string(why));
    free(why_key);
}

static const char *why_absent(double value, struct interval interval)
{
    if (isinf(value))
        return "the other one is 0";
    if (interval.count == 0)
        return "no valid invocation measured it";
    return "too few invocations";
}

json_t *interval_json(struct interval interval, const char *key)
{
    json_t *object = json_object();
    number_set(object, key, interval.estimate,
               why_absent(interval.estimate, interval));
    number_set(object, "low", interval.low, why_absent(interval.low, interval));
    number_set(object, "high", interval.high,
               why_absent(interval.high, interval));
    json_object_set_new(object, "n", json_integer((json_int_t)interval.count));
    return object;
}

json_t *interval_method_json(void)
{
    return json_pack("{s:s, s:f, s:i, s:i, s:i}", "method",
                     "bootstrap of medians, expanded percentiles", "level",
                     INTERVAL_LEVEL, "resamples", INTERVAL_RESAMPLES, "seed",
                     INTERVAL_SEED, "minimum", INTERVAL_COUNT_MIN);
}
