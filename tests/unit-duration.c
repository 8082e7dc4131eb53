/* unit-duration.c: lengths of time as they are typed, and rows of blocks. */
#include "harness/duration.h"
#include "harness/sparkline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void units_are_known(void **state)
{
    static const struct {
        const char *text;
        uint64_t ns;
    } rows[] = {
        {"1", 1000000000},      {"500ms", 500000000},  {"1.5s", 1500000000},
        {"2min", 120000000000}, {"1h", 3600000000000}, {"1ms", 1000000},
    };
    uint64_t ns;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(duration_parse(rows[i].text, &ns), 0);
        assert_int_equal(ns, rows[i].ns);
    }
}

static void nonsense_is_refused(void **state)
{
    static const char *const texts[] = {
        "",   "s",   "-1s",   "+1s", " 1s",   "1 s",    "1s ",  "1m",
        "0",  "0ms", "0.5ms", "1us", "nan",   "inf",    "0x10", "1e3",
        "2y", "1ss", "1,5s",  "..",  "9999h", "1e400s",
    };
    uint64_t ns;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(duration_parse(texts[i], &ns), -1);
}

static void assert_line(const double *numbers, double highest,
                        const char *wanted)
{
    char *text = sparkline(numbers, 4, highest);
    assert_string_equal(text, wanted);
    free(text);
}

static void blocks_are_as_high_as_numbers(void **state)
{
    (void)state;
    assert_line((double[]){0, 1, 4, 8}, 8, " ▂▅█");
    assert_line((double[]){-3, 0.01, 7.99, 9}, 8, " ▁██");
    assert_line((double[]){0, 0, 0, 0}, 0, "    ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_are_known),
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(blocks_are_as_high_as_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
