/* fuzz-result.c: a result, as the summary, the figures and a comparison read
 * it. */
#include "harness/comparison.h"
#include "harness/outcome.h"
#include "harness/result.h"
#include "harness/results.h"
#include "harness/series.h"
#include "tests/fuzz.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

static char directory[] = "/tmp/fuzz-result.XXXXXX", file[64];

static void remove_directory(void)
{
    unlink(file);
    rmdir(directory);
}

/* A directory of results that holds the input. */
static const char *directory_of(const char *path)
{
    if (!*file) {
        FUZZ_REQUIRE(mkdtemp(directory));
        snprintf(file, sizeof file, "%s/one.json", directory);
        FUZZ_REQUIRE(symlink(path, file) == 0);
        atexit(remove_directory);
    }
    return directory;
}

static void draw(const struct result_set *results)
{
    for (size_t i = 0; i < quantity_count; i++) {
        struct selection selection = {
            .x = {.quantity = &quantities[0], .unit = &units[0]},
            .y = {.quantity = &quantities[i], .unit = &units[0]},
            .workers = (enum reduction)(i % 3),
            .invocations = REDUCTION_MEDIAN,
        };
        if (quantities[i].source == SOURCE_BURSTS)
            selection.x.quantity = &quantities[1];
        struct panels panels = panels_make(results, &selection);
        for (size_t j = 0; j < panels.count; j++)
            FUZZ_REQUIRE(panels.items[j].workers > 0);
        panels_free(&panels);
    }
}

/* The result, and the directory with it. */
static void compare(const char *path)
{
    static FILE *nowhere;
    struct comparand one = {0}, whole = {0};
    struct comparison comparison;
    struct error error;
    if (!nowhere)
        FUZZ_REQUIRE(nowhere = fopen("/dev/null", "we"));
    if (comparand_open(&one, path, &error) == 0 &&
        comparand_open(&whole, directory_of(path), &error) == 0) {
        if (comparison_open(&comparison, &one, &whole, &error) == 0) {
            json_t *json = comparison_json(&comparison);
            FUZZ_REQUIRE(json);
            json_decref(json);
            comparison_print(&comparison, nowhere);
        }
        comparison_close(&comparison);
    }
    comparand_close(&one);
    comparand_close(&whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const char *path = fuzz_file(bytes, size);
    struct result_set results;
    struct error error;
    json_t *result = result_read(path, &error);

    if (!result)
        return 0;
    struct outcome outcome = outcome_read(result);
    for (size_t i = 0; i < outcome.events.count; i++)
        FUZZ_REQUIRE(isnan(outcome.events.items[i].count) ==
                     (outcome.events.items[i].why != NULL));
    outcome_clear(&outcome);
    json_decref(result);
    if (results_open(&results, directory_of(path), &error) == 0) {
        draw(&results);
        results_close(&results);
    }
    compare(path);
    return 0;
}
