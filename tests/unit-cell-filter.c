/* unit-cell-filter.c: which cells a filter takes, and what it refuses. */
#include "harness/cell-filter.h"
#include "harness/cell-json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct subject mark_side = {.name = "mark-side"};
static const struct subject python = {.name = "python"};
static const struct subject_workload tree = {.name = "tree"};

/* `depth` is an option of one subject and a parameter of the workload. */
static struct setting small[] = {{"growth", "150"}, {"block", "16384"}};
static struct setting large[] = {{"growth", "300"}, {"block", "65536"}};
static struct setting deep[] = {{"depth", "7"}};
static struct setting parameters[] = {{"depth", "3"}, {"bursts", "no"}};
static char *steps[] = {"gc", "freeze"};

#define REGIME                                                                 \
    {                                                                          \
        .bursts = 10, .requests_per_burst = 100                                \
    }

#define CELL(ID, SUBJECT, LABEL, OPTIONS, COUNT, WORKLOAD_LABEL, WORKERS)      \
    .id = ID, .subject = SUBJECT, .subject_label = LABEL, .options = OPTIONS,  \
    .option_count = COUNT, .workload = &tree,                                  \
    .workload_label = WORKLOAD_LABEL, .parameters = parameters,                \
    .parameter_count = 2, .workers = WORKERS, .regime = REGIME

static struct cell cells[] = {
    {CELL("small", &mark_side, "mark-side growth=150", small, 2, "tree", 2)},
    {CELL("large", &mark_side, "roomy", large, 2, "tree", 8)},
    {CELL("python", &python, "python prepare=gc,freeze", deep, 1,
          "tree of one | two", 8),
     .prepare = steps, .prepare_count = 2},
};

static const struct experiment experiment = {.cells = cells, .cell_count = 3};

/* The ids of the cells that a filter takes, or the error. */
static void assert_takes(const char *text, unsigned invocation,
                         const char *expected)
{
    struct error error;
    struct cell_filter filter;
    json_t *all = cells_json(&experiment), *cell;
    char taken[sizeof error.text] = "";
    size_t i;
    if (cell_filter_open(&filter, text, all, 3, &error) < 0) {
        assert_string_equal(error.text, expected);
        json_decref(all);
        return;
    }
    json_array_foreach(all, i, cell)
    {
        if (cell_filter_takes(&filter, cell, invocation)) {
            strcat(taken, *taken ? " " : "");
            strcat(taken, cells[i].id);
        }
    }
    assert_string_equal(taken, expected);
    cell_filter_close(&filter);
    json_decref(all);
}

static void taken(void **state)
{
    (void)state;
    static const struct {
        const char *filter, *cells;
    } cases[] = {
        {"collector=mark-side", "small large"},
        {"subject=mark-side,workers=8", "large"},
        {"subject=roomy", "large"}, /* a label */
        {"subject=mark-side growth=150", "small"},
        {"subject=python prepare=gc,freeze,workers=8", "python"},
        {"workers=2|8", "small large python"},
        {"workers=2,workers=8", "small large python"},
        {"workers=08", "large python"},
        {"collector=mark-*", "small large"},
        {"collector=roomy|python", "large python"},
        {"workload=tree", "small large python"},
        {"workload=tree of one ? two", "python"},
        {"cell=small", "small"},
        {"growth=150", "small"},
        {"growth=150|300", "small large"},
        {"block=64 KiB", "large"},
        {"option.depth=7", "python"},
        {"parameter.depth=3", "small large python"},
        {"bursts=10", "small large python"},
        {"parameter.bursts=no", "small large python"},
        {"requests-per-burst=100,collections-first=0", "small large python"},
        {"arrivals=closed", "small large python"},
        {"prepare=gc,freeze", "python"},
        {"prepare=", "small large"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_takes(cases[i].filter, 1, cases[i].cells);
}

static void invocations(void **state)
{
    (void)state;
    assert_takes("invocation=2|3,workers=2", 1, "");
    assert_takes("invocation=2|3,workers=2", 3, "small");
    assert_takes("invocation=2|3,workers=2", 0, "small"); /* any of them */
    assert_takes("invocation=4", 0,
                 "unknown invocation '4': known are 1, 2, 3");
}

static void refused(void **state)
{
    (void)state;
    static const struct {
        const char *filter, *error;
    } cases[] = {
        {"collectr=mark-side",
         "unknown key 'collectr': did you mean 'collector'?"},
        {"grwth=150", "unknown key 'grwth': did you mean 'growth'?"},
        {"option.dept=7", "unknown key 'option.dept': did you mean "
                          "'option.depth'?"},
        {"collector=mark-sied",
         "unknown collector 'mark-sied': did you mean 'mark-side'?"},
        {"collector=mark-side,workers", "unknown collector 'mark-side,workers':"
                                        " known are mark-side, mark-side "
                                        "growth=150, roomy, python, python "
                                        "prepare=gc,freeze"},
        {"workers=2|9", "unknown workers '9': known are 2, 8"},
        {"growth=", "unknown growth '': known are 150, 300"},
        {"depth=7", "'depth' is an option and a parameter here: write "
                    "option.depth or parameter.depth"},
        {"subject=roomy,workers=2",
         "no cell is all of 'subject=roomy,workers=2' at once: leave out a "
         "part of it"},
        {"", "'' selects nothing: write KEY=VALUE, such as "
             "collector=mark-side or workers=2|8"},
        {"mark-side", "'mark-side' selects nothing: write KEY=VALUE, such as "
                      "collector=mark-side or workers=2|8"},
        {"=2", "'=2' selects nothing: write KEY=VALUE, such as "
               "collector=mark-side or workers=2|8"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_takes(cases[i].filter, 1, cases[i].error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(taken),
        cmocka_unit_test(invocations),
        cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
