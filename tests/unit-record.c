/* unit-record.c: a record as a result, the file it becomes, and the numbers
 * that the summary reads from it. */
#include "harness/floor.h"
#include "harness/memory.h"
#include "harness/outcome.h"
#include "harness/record.h"
#include "harness/result.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char *no_counters[] = {"NAME"};
static const struct subject subject = {
    .name = "made-up", .command = {"/bin/true"}, .version = "1"};
static const struct subject_workload workload = {.name = "nothing"};
static const struct experiment experiment = {.name = "test",
                                             .path = "test.yaml",
                                             .hash = "0123456789abcdef",
                                             .seed = 1,
                                             .invocations = 1,
                                             .counters = no_counters,
                                             .counter_count = 1};
static const struct cell cell = {.id = "made-up-nothing-w2-00000000",
                                 .subject = &subject,
                                 .subject_label = "made-up",
                                 .workload = &workload,
                                 .workload_label = "nothing",
                                 .workers = 2};

/* One worker's sample with that many broken pages of 100 inherited ones. */
static void add_sample(struct record *record, unsigned index,
                       enum moment moment, uint64_t broken)
{
    struct record_sample *sample = record_add_sample(&record->workers[index]);
    sample->moment = moment;
    sample->sample.time_ns = record->fork_at + 10;
    sample->sample.totals.private_dirty = 4096 * broken;
    sample->sample.totals.pss = 8192;
    sample->sample.pages = xcalloc(3, sizeof *sample->sample.pages);
    sample->sample.pages[0].broken = broken;
    sample->sample.pages[0].shared = 100 - broken;
    sample->sample.pages[1].new_pages = broken / 10;
}

static void fill(struct record *record)
{
    record->fork_at = 1000;
    record->forked = true;
    record->region_count = 2;
    record->regions = xcalloc(2, sizeof *record->regions);
    record->regions[0] = (struct region){"cells", REGION_OBJECTS, 4096, 8192};
    record->regions[1] = (struct region){"bits", REGION_SIDE, 8192, 12288};
    record->inherited = xcalloc(3, sizeof *record->inherited);
    record->inherited[0] = 100;
    record->layout =
        json_pack("{s:i, s:i}", "header_pages", 60, "object_bytes", 409600);
    for (unsigned i = 0; i < 2; i++) {
        add_sample(record, i, MOMENT_FORKED, 0);
        add_sample(record, i, MOMENT_COLLECTION, 20 + 20 * i);
        add_sample(record, i, MOMENT_BURST, 50);
        *record_add_collection(&record->workers[i]) =
            (struct record_collection){true, true, 1500, 7000 + i, 0};
        for (unsigned k = 1; k <= 100; k++)
            latency_add(&record->workers[i].latency, &(uint64_t){1000000 * k},
                        1);
    }
    *record_add_burst(record) = (struct record_burst){200, 1000000000};
}

static json_t *make_result(enum reason reason)
{
    struct record record;
    record_open(&record, &experiment, &cell, 1, 99);
    fill(&record);
    if (reason != REASON_NONE)
        record_invalid(&record, reason, "it %s", "broke");
    record_invalid(&record, REASON_NONE, "ignored");
    json_t *result = record_json(&record);
    record_free(&record);
    return result;
}

/* Every null has its reason beside it. */
static void check_explained(const json_t *json)
{
    const char *key;
    const json_t *value;
    size_t i;
    json_array_foreach(json, i, value) check_explained(value);
    json_object_foreach((json_t *)json, key, value)
    {
        char *why = xasprintf("%s_why", key);
        if (json_is_null(value) && strcmp(key, "reason") &&
            strcmp(key, "detail") && !json_object_get(json, why))
            fail_msg("%s is null without a why", key);
        free(why);
        check_explained(value);
    }
}

static const char *text_of(const json_t *json, const char *key)
{
    return json_string_value(json_object_get(json, key));
}

static void valid_and_invalid(void **state)
{
    (void)state;
    json_t *result = make_result(REASON_NONE);
    assert_string_equal(text_of(result, "status"), "valid");
    assert_true(json_is_null(json_object_get(result, "reason")));
    assert_true(json_is_null(json_object_get(result, "output")));
    check_explained(result);
    json_decref(result);
    result = make_result(REASON_OUT_OF_MEMORY);
    assert_string_equal(text_of(result, "status"), "invalid");
    assert_string_equal(text_of(result, "reason"), "out-of-memory");
    assert_string_equal(text_of(result, "detail"), "it broke");
    check_explained(result);
    json_decref(result);
}

/* What was never reached is null everywhere, and the result is still whole: all
 * that it tells is when it was begun. */
static void nothing_measured(void **state)
{
    (void)state;
    struct record record;
    record_open(&record, &experiment, &cell, 1, 99);
    record_invalid(&record, REASON_START_FAILED, "no such program");
    json_t *result = record_json(&record);
    check_explained(result);
    struct outcome outcome = outcome_read(result);
    assert_false(outcome.valid);
    for (size_t i = 0; i < MEASURE_COUNT; i++)
        assert_int_equal(!isnan(outcome.measures[i]), i == MEASURE_STARTED);
    outcome_clear(&outcome);
    json_decref(result);
    record_free(&record);
}

static void measures(void **state)
{
    (void)state;
    json_t *result = make_result(REASON_NONE);
    struct outcome outcome = outcome_read(result);
    const double *got = outcome.measures;
    assert_true(outcome.valid);
    assert_true(got[MEASURE_INHERITED] == 409600);
    assert_true(got[MEASURE_BROKEN] == 0.5);
    assert_true(got[MEASURE_BROKEN_BYTES] == 50 * 4096);
    assert_true(isnan(got[MEASURE_DISTILLED_BYTES]));
    assert_true(got[MEASURE_PRIVATE] == 50 * 4096);
    assert_true(got[MEASURE_PSS] == 8192);
    assert_true(got[MEASURE_RATE] == 200);
    assert_true(fabs(got[MEASURE_P50] - 50e6) < 50e6 / 128);
    assert_true(fabs(got[MEASURE_P99] - 99e6) < 99e6 / 128);
    assert_true(got[MEASURE_FIRST_COLLECTION] == 7000.5);
    assert_true(got[MEASURE_FIRST_IDLE] == 7000.5);
    assert_true(isnan(got[MEASURE_SECOND_IDLE]));
    assert_true(got[MEASURE_OBJECT_PAGES] == 100);
    assert_true(got[MEASURE_HEADER_PAGES] == 60);
    assert_true(got[MEASURE_IDLE_BROKEN] == 30);
    assert_true(got[MEASURE_IDLE_SHARE] == 0.3);
    assert_true(got[MEASURE_SIDE_PAGES] == 3);
    assert_true(got[MEASURE_SIDE_SHARE] == 0.03);
    outcome_clear(&outcome);
    json_decref(result);
}

/* What a floor lays to the collector's charge is taken off. */
static void distilled(void **state)
{
    (void)state;
    json_t *result = make_result(REASON_NONE);
    json_t *workers = json_object_get(result, "workers"), *worker;
    size_t i;
    json_array_foreach(workers, i, worker)
    {
        struct floor pages = {.broken_pages = 45,
                              .l1_pages = 5,
                              .hole_cost_pages = 10,
                              .collector_cost_pages = 20 + 2 * i};
        json_object_set_new(worker, "floor", floor_json(&pages));
    }
    struct outcome outcome = outcome_read(result);
    assert_true(outcome.measures[MEASURE_DISTILLED_BYTES] == 19 * 4096);
    outcome_clear(&outcome);
    json_decref(result);
}

static void reasons_have_texts(void **state)
{
    (void)state;
    assert_null(reason_text(REASON_NONE));
    for (int i = REASON_NONE + 1; i <= REASON_INTERRUPTED; i++)
        assert_non_null(reason_text((enum reason)i));
}

static void written_and_read(void **state)
{
    (void)state;
    struct error error;
    char directory[] = "/tmp/cowlab-unit-XXXXXX";
    assert_non_null(mkdtemp(directory));
    json_t *result = make_result(REASON_NONE);
    assert_int_equal(result_write(directory, "a.json", result, &error), 0);
    char *path = xasprintf("%s/a.json", directory);
    json_t *again = result_read(path, &error);
    assert_true(json_equal(result, again));
    assert_return_code(truncate(path, 100), 0);
    assert_null(result_read(path, &error));
    assert_non_null(strstr(error.text, path));
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(directory), 0); /* nothing else was left in it */
    assert_int_equal(result_write(directory, "a.json", result, &error), -1);
    assert_non_null(strstr(error.text, "No such file or directory"));
    json_decref(result);
    json_decref(again);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(valid_and_invalid),
        cmocka_unit_test(nothing_measured),
        cmocka_unit_test(measures),
        cmocka_unit_test(distilled),
        cmocka_unit_test(reasons_have_texts),
        cmocka_unit_test(written_and_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
