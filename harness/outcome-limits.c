/* outcome-limits.c: what a limit of memory did to a subject, out of a result;
 * see outcome.h. */
#include "harness/outcome.h"

#include <math.h>

static double number(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

void outcome_read_limits(const json_t *result, double *measures)
{
    const json_t *limits = json_object_get(result, "limits"), *look;
    const json_t *looks = json_object_get(limits, "looks");
    size_t i;
    measures[MEASURE_GROUP_PEAK] = number(limits, "peak_bytes");
    json_array_foreach(looks, i, look)
    {
        measures[MEASURE_GROUP_SWAP] =
            fmax(measures[MEASURE_GROUP_SWAP], number(look, "swap_bytes"));
        measures[MEASURE_MAJOR_FAULTS] = number(look, "major_faults");
        measures[MEASURE_REFAULTS] = number(look, "refaulted_pages");
    }
}
