/* unit-machine.c: which environments are of one machine. */
#include "harness/machine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char here[] =
    "{\"machine_id\": \"0123456789abcdef\", \"boot_id\": \"first\","
    " \"machine\": \"x86_64\", \"cpu_model\": \"Test 1\", \"cpu_count\": 2,"
    " \"memory_total_bytes\": 1000000, \"kernel_release\": \"6.12\","
    " \"thp_enabled\": \"madvise\", \"governor\": null,"
    " \"cgroup_cpu_limit\": null,"
    " \"load_average\": [0.1, 0.1, 0.1], \"variables\": {}}";

/* The keys that are found to differ when one has another value. */
static void assert_differs(const char *key, const char *value,
                           json_t *(*find)(const json_t *, const json_t *),
                           const char *expected)
{
    json_t *left = json_loads(here, 0, NULL), *right = json_deep_copy(left);
    json_t *found, *item;
    char keys[256] = "";
    size_t i;
    json_object_set_new(right, key, json_loads(value, JSON_DECODE_ANY, NULL));
    found = find(left, right);
    json_array_foreach(found, i, item)
    {
        strcat(keys, json_string_value(json_object_get(item, "key")));
        assert_true(
            json_equal(json_object_get(item, "a"), json_object_get(left, key)));
        assert_true(json_equal(json_object_get(item, "b"),
                               json_object_get(right, key)));
    }
    assert_string_equal(keys, expected);
    json_decref(found);
    json_decref(left);
    json_decref(right);
}

static void machines(void **state)
{
    (void)state;
    json_t *(*find)(const json_t *, const json_t *) = machine_differences;
    assert_differs("machine_id", "\"fedcba9876543210\"", find, "machine_id");
    assert_differs("machine", "\"aarch64\"", find, "machine");
    assert_differs("cpu_model", "\"Test 2\"", find, "cpu_model");
    assert_differs("cpu_count", "4", find, "cpu_count");
    assert_differs("kernel_release", "\"6.13\"", find, "kernel_release");
    assert_differs("memory_total_bytes", "1020000", find, "memory_total_bytes");
    assert_differs("memory_total_bytes", "1009999", find, "");
    assert_differs("cpu_model", "null", find, ""); /* not known */
    assert_differs("boot_id", "\"second\"", find, "");
    assert_differs("load_average", "[5, 5, 5]", find, "");
}

static void settings(void **state)
{
    (void)state;
    json_t *(*find)(const json_t *, const json_t *) = machine_settings;
    assert_differs("thp_enabled", "\"always\"", find, "thp_enabled");
    assert_differs("boot_id", "\"second\"", find, "boot_id");
    assert_differs("governor", "\"powersave\"", find, "governor");
    assert_differs("cgroup_cpu_limit", "1.5", find, "cgroup_cpu_limit");
    assert_differs("cgroup_cpu_limit", "null", find, "");
    assert_differs("variables", "{\"MALLOC_ARENA_MAX\": \"1\"}", find,
                   "variables");
    assert_differs("load_average", "[5, 5, 5]", find, "");
    assert_differs("cpu_model", "\"Test 2\"", find, "");
}

/* Results in which nothing was measured know no machine. */
static void unknown(void **state)
{
    (void)state;
    json_t *known = json_loads(here, 0, NULL);
    json_t *found = machine_differences(known, json_null());
    assert_int_equal(json_array_size(found), 0);
    json_decref(found);
    json_decref(known);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(machines),
        cmocka_unit_test(settings),
        cmocka_unit_test(unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
