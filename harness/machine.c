/* machine.c: environments compared key by key; see machine.h. */
#include "harness/machine.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/* Kernels keep a little of the memory for themselves, not always the same. */
#define MEMORY_TOLERANCE 0.01

static void add(json_t *differences, const char *key, json_t *left,
                json_t *right)
{
    json_array_append_new(differences, json_pack("{s:s, s:O?, s:O?}", "key",
                                                 key, "a", left, "b", right));
}

static bool is_absent(const json_t *value)
{
    return !value || json_is_null(value);
}

static bool nearly_equal(const json_t *left, const json_t *right)
{
    double one = json_number_value(left), other = json_number_value(right);
    return fabs(one - other) <= MEMORY_TOLERANCE * fabs(one);
}

json_t *machine_differences(const json_t *left, const json_t *right)
{
    static const char *const keys[] = {"machine_id",         "machine",
                                       "cpu_model",          "cpu_count",
                                       "memory_total_bytes", "kernel_release"};
    json_t *differences = json_array();
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        json_t *one = json_object_get(left, keys[i]);
        json_t *other = json_object_get(right, keys[i]);
        bool memory = !strcmp(keys[i], "memory_total_bytes");
        if (is_absent(one) || is_absent(other) ||
            (memory ? nearly_equal(one, other) : json_equal(one, other)))
            continue;
        add(differences, keys[i], one, other);
    }
    return differences;
}

json_t *machine_settings(const json_t *left, const json_t *right)
{
    static const char *const keys[] = {"boot_id",
                                       "kernel_config",
                                       "thp_enabled",
                                       "thp_defrag",
                                       "mthp",
                                       "swap_total_bytes",
                                       "governor",
                                       "cgroup_memory_limit_bytes",
                                       "cgroup_cpu_limit",
                                       "clock_source",
                                       "ksm",
                                       "numa_balancing",
                                       "aslr",
                                       "overcommit",
                                       "variables",
                                       "page_truth"};
    json_t *differences = json_array();
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        json_t *one = json_object_get(left, keys[i]);
        json_t *other = json_object_get(right, keys[i]);
        if ((is_absent(one) && is_absent(other)) ||
            (one && other && json_equal(one, other)))
            continue;
        add(differences, keys[i], one, other);
    }
    return differences;
}
