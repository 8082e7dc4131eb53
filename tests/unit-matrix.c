/* unit-matrix.c: cells from several products, files and changes, and the order
 * in which they run. */
#include "harness/experiment.h"
#include "harness/order.h"
#include "known.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

static struct catalogue catalogue;

static void open_file(struct experiment *experiment, const char *path,
                      char *const *changes)
{
    struct error error;
    if (experiment_open(experiment, path, changes, &catalogue, &error))
        fail_msg("%s", error.text);
}

/* Writes text behind a path that holds until the next call. */
static const char *file_of(const char *text)
{
    static int descriptor = -1;
    static char path[64];
    if (descriptor >= 0)
        close(descriptor);
    descriptor = memfd_create("experiment", 0);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, text, strlen(text)), strlen(text));
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    return path;
}

static void a_file_is_laid_upon_another(void **state)
{
    (void)state;
    struct experiment base, upper;
    open_file(&base, FIXTURES "/extends/base.yaml", NULL);
    open_file(&upper, FIXTURES "/extends/upper.yaml", NULL);
    assert_string_equal(upper.name, "upper");
    assert_string_equal(upper.about, "what others extend");
    assert_int_equal(upper.seed, 5);
    assert_int_equal(upper.regime.bursts, 3);
    assert_int_equal(upper.regime.requests_per_burst, 24);
    assert_int_equal(upper.cell_count, 2 * 3);
    assert_int_equal(upper.cells[0].workers, 2);
    assert_string_equal(upper.cells[1].subject_label, "mark-side");
    assert_string_not_equal(upper.hash, base.hash);
    experiment_close(&base);
    experiment_close(&upper);
}

static void a_circle_of_files_is_refused(void **state)
{
    (void)state;
    struct experiment experiment;
    struct error error;
    assert_int_equal(experiment_open(&experiment,
                                     FIXTURES "/extends/circle.yaml", NULL,
                                     &catalogue, &error),
                     -1);
    assert_non_null(strstr(error.text, "circle.yaml:1:10: more than 8 files"));
}

static void a_base_that_is_missing_is_named(void **state)
{
    (void)state;
    struct experiment experiment;
    struct error error;
    assert_int_equal(
        experiment_open(&experiment,
                        file_of("extends: /nonexistent/base.yaml\n"), NULL,
                        &catalogue, &error),
        -1);
    assert_string_equal(error.text, "/nonexistent/base.yaml: cannot be opened: "
                                    "No such file or directory");
}

static void the_command_line_is_uppermost(void **state)
{
    (void)state;
    char *const changes[] = {"bursts=9", "workers=3",     "subject=[mark-side]",
                             "bursts=2", "sample=[4, 5]", NULL};
    struct experiment plain, changed;
    open_file(&plain, FIXTURES "/extends/upper.yaml", NULL);
    open_file(&changed, FIXTURES "/extends/upper.yaml", changes);
    assert_int_equal(changed.regime.bursts, 2);
    assert_int_equal(changed.regime.sample_after_count, 2);
    assert_int_equal(changed.cell_count, 3);
    assert_int_equal(changed.cells[0].workers, 3);
    assert_string_not_equal(changed.hash, plain.hash);
    experiment_close(&plain);
    experiment_close(&changed);
}

static void refuse_change(const char *change, const char *message)
{
    char *const changes[] = {(char *)change, NULL};
    struct experiment experiment;
    struct error error;
    if (experiment_open(&experiment, FIXTURES "/extends/upper.yaml", changes,
                        &catalogue, &error) == 0)
        fail_msg("%s is not refused", change);
    assert_string_equal(error.text, message);
}

static void bad_changes_are_refused(void **state)
{
    (void)state;
    refuse_change("bursts", "--set 'bursts': give KEY=VALUE, such as bursts=5");
    refuse_change("burst=3", "--set 'burst=3':1:1: unknown key 'burst': did "
                             "you mean 'bursts'?");
    refuse_change("bursts=many",
                  "--set 'bursts=many':1:9: bursts must be a whole number from "
                  "0 to 1000000, not 'many'");
    refuse_change("workers=5", "--set 'workers=5':1:20: 24 requests-per-burst "
                               "cannot be dealt evenly to 5 workers: make it a "
                               "multiple");
    refuse_change("extends=base.yaml",
                  "--set 'extends=base.yaml': extends cannot be set: write it "
                  "into a file of its own, beside the one that it extends, and "
                  "give that");
}

/* What is meant is a setting of one that the matrix has. */
static void changes_of_settings_are_shown_how(void **state)
{
    (void)state;
    refuse_change("collector=mark-side",
                  "--set 'collector=mark-side':1:1: unknown key 'collector': a "
                  "collector is a subject: --set 'subject=mark-side'");
    refuse_change("growth=[150, 300]",
                  "--set 'growth=[150, 300]':1:1: unknown key 'growth': it is "
                  "an option of mark-header: --set 'subject=[{name: "
                  "mark-header, growth: [150, 300]}]'");
    refuse_change("total=3 MiB",
                  "--set 'total=3 MiB':1:1: unknown key 'total': it is a "
                  "parameter of uniform: --set 'workload=[{name: uniform, "
                  "total: 3 MiB}]'");
}

#define NAMES_MARK_HEADER                                                      \
    "experiment: e\nrequests-per-burst: 24\nmatrix:\n"                         \
    "  subject: [mark-header, mark-side]\n  workload: [uniform]\n"             \
    "  workers: [2]\nexclude: ['subject=mark-header']\n"                       \
    "override:\n  - {only: 'subject=mark-header|mark-side', bursts: 2}\n"      \
    "published:\n  - {what: w, source: s, only: 'subject=mark-side',\n"        \
    "     against: 'workers=2', measure: broken_share, value: 1}\n"

/* What a layer says of cells that another above it has done away with. */
static void what_is_no_longer_there_is_nothing(void **state)
{
    (void)state;
    char *const fewer[] = {"subject=mark-side", "workers=[3, 4]", NULL};
    char *const other[] = {"subject=python", "workload=largeobject", NULL};
    char *const unrelated[] = {"workload=[largeobject]", NULL};
    struct experiment experiment;
    struct error error;
    open_file(&experiment, file_of(NAMES_MARK_HEADER), fewer);
    assert_int_equal(experiment.cell_count, 2);
    assert_int_equal(experiment.excluded[0].cells, 0);
    assert_int_equal(experiment.cells[0].regime.bursts, 2);
    json_t *item = json_array_get(experiment.published, 0);
    assert_string_equal(json_string_value(json_object_get(item, "cell_why")),
                        "subject=mark-side takes 2 cells here");
    assert_string_equal(json_string_value(json_object_get(item, "against_why")),
                        "workers=2 is left out");
    experiment_close(&experiment);
    open_file(&experiment, file_of(NAMES_MARK_HEADER), other);
    assert_int_equal(experiment.cell_count, 1);
    assert_int_equal(experiment.cells[0].regime.bursts, 10);
    experiment_close(&experiment);
    assert_int_equal(
        experiment_open(&experiment,
                        file_of("experiment: e\nmatrix:\n"
                                "  subject: [mark-side]\n"
                                "  workload: [uniform]\n  workers: [2]\n"
                                "exclude: ['subject=mark-header']\n"),
                        unrelated, &catalogue, &error),
        -1);
    assert_non_null(strstr(error.text, ":6:11: unknown subject 'mark-header'"));
}

static void more_less_and_other(void **state)
{
    (void)state;
    struct experiment experiment;
    open_file(&experiment,
              file_of("experiment: e\nrequests-per-burst: 24\n"
                      "matrix:\n  subject: [mark-header, mark-side]\n"
                      "  workload: [uniform]\n  workers: [2, 4]\n"
                      "include:\n"
                      "  - {subject: [python], workload: [largeobject]}\n"
                      "  - {workers: [8], bursts: 2}\n"
                      "exclude: ['subject=mark-header,workers=4']\n"
                      "override:\n"
                      "  - {only: 'workers=8', blame: true}\n"
                      "  - {only: 'subject=mark-side,workers=8', blame: false}"
                      "\n"),
              NULL);
    static const struct {
        const char *subject, *workload;
        unsigned workers, bursts;
        bool blame;
    } cells[] = {
        {"mark-header", "uniform", 2, 10, false},
        {"mark-side", "uniform", 2, 10, false},
        {"mark-side", "uniform", 4, 10, false},
        {"python", "largeobject", 2, 10, false},
        {"python", "largeobject", 4, 10, false},
        {"mark-header", "uniform bursts=2 blame=true", 8, 2, true},
        {"mark-side", "uniform bursts=2", 8, 2, false},
    };
    assert_int_equal(experiment.cell_count, sizeof cells / sizeof *cells);
    for (size_t i = 0; i < experiment.cell_count; i++) {
        const struct cell *cell = &experiment.cells[i];
        assert_string_equal(cell->subject_label, cells[i].subject);
        assert_string_equal(cell->workload_label, cells[i].workload);
        assert_int_equal(cell->workers, cells[i].workers);
        assert_int_equal(cell->regime.bursts, cells[i].bursts);
        assert_int_equal(cell->regime.blame, cells[i].blame);
    }
    experiment_close(&experiment);
}

/* Subjects of one group stand side by side wherever they were named. */
static void groups_come_together(void **state)
{
    (void)state;
    struct experiment experiment;
    open_file(&experiment,
              file_of("experiment: e\nrequests-per-burst: 24\n"
                      "matrix:\n  subject: [mark-header]\n"
                      "  workload: [uniform]\n  workers: [2, 4]\n"
                      "include:\n  - {subject: [mark-side]}\n"),
              NULL);
    static const unsigned workers[] = {2, 2, 4, 4};
    assert_int_equal(experiment.cell_count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(experiment.cells[i].workers, workers[i]);
        assert_string_equal(experiment.cells[i].subject->name,
                            i % 2 ? "mark-side" : "mark-header");
    }
    experiment_close(&experiment);
}

/* The ends of both numeric axes first, then whatever has a middle. */
static void axes_are_filled_in(void **state)
{
    (void)state;
    static const struct {
        const char *total;
        unsigned workers;
    } order[] = {{"1048576", 1}, {"1048576", 6}, {"4194304", 1}, {"4194304", 6},
                 {"1048576", 3}, {"2097152", 1}, {"2097152", 3}, {"2097152", 6},
                 {"4194304", 3}, {"1048576", 2}, {"1048576", 4}, {"2097152", 2},
                 {"2097152", 4}, {"4194304", 2}, {"4194304", 4}};
    struct experiment experiment;
    open_file(&experiment, FIXTURES "/extends/base.yaml", NULL);
    assert_int_equal(experiment.cell_count, 2 * 15);
    struct order_item *plan = order_make(&experiment);
    for (size_t i = 0; i < experiment.cell_count; i++) {
        const struct cell *cell = &experiment.cells[plan[i].cell];
        assert_int_equal(cell->workers, order[i / 2].workers);
        assert_string_equal(cell->parameters[1].value, order[i / 2].total);
        for (size_t k = 0; k < i; k++)
            assert_int_not_equal(plan[i].cell, plan[k].cell);
    }
    free(plan);
    experiment_close(&experiment);
}

/* The ends of an axis are its least and its greatest value, wherever they stand
 * in the list. */
static void axes_are_filled_in_by_value(void **state)
{
    (void)state;
    static const unsigned by_workers[] = {[8] = 0, [1] = 0, [4] = 2, [2] = 1};
    struct experiment experiment;
    open_file(&experiment,
              file_of("experiment: e\nrequests-per-burst: 24\n"
                      "matrix:\n  subject: [mark-side]\n"
                      "  workload:\n    - name: uniform\n"
                      "      total: [4 MiB, 16 MiB, 1024 KiB]\n"
                      "  workers: [8, 1, 4, 2]\n"),
              NULL);
    assert_int_equal(experiment.cell_count, 3 * 4);
    for (size_t i = 0; i < experiment.cell_count; i++) {
        const struct cell *cell = &experiment.cells[i];
        unsigned depth = by_workers[cell->workers];
        bool middle = !strcmp(cell->parameters[1].value, "4194304");
        assert_int_equal(cell->depth, middle && depth < 1 ? 1 : depth);
    }
    experiment_close(&experiment);
}

static void no_server_is_told_to_collect(void **state)
{
    (void)state;
    char *const bare[] = {"subject=[gunicorn]",
                          "workload=[{name: largeobject}]",
                          "collections-first=0", NULL};
    char *const told[] = {bare[0], bare[1], "collections-first=1", NULL};
    struct experiment experiment;
    struct error error;
    open_file(&experiment, FIXTURES "/extends/upper.yaml", bare);
    assert_string_equal(experiment.cells[0].subject->on_behalf_of, "gunicorn");
    experiment_close(&experiment);
    assert_int_equal(experiment_open(&experiment,
                                     FIXTURES "/extends/upper.yaml", told,
                                     &catalogue, &error),
                     -1);
    assert_string_equal(
        error.text,
        "--set 'collections-first=1':1:20: subject 'gunicorn' takes no "
        "collections-first: no worker of gunicorn can be told to collect; "
        "give it a cell of its own without");
}

static int open_catalogue(void **state)
{
    (void)state;
    known_catalogue(&catalogue);
    return 0;
}

static int close_catalogue(void **state)
{
    (void)state;
    catalogue_close(&catalogue);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_laid_upon_another),
        cmocka_unit_test(a_circle_of_files_is_refused),
        cmocka_unit_test(a_base_that_is_missing_is_named),
        cmocka_unit_test(the_command_line_is_uppermost),
        cmocka_unit_test(bad_changes_are_refused),
        cmocka_unit_test(changes_of_settings_are_shown_how),
        cmocka_unit_test(what_is_no_longer_there_is_nothing),
        cmocka_unit_test(more_less_and_other),
        cmocka_unit_test(groups_come_together),
        cmocka_unit_test(axes_are_filled_in),
        cmocka_unit_test(axes_are_filled_in_by_value),
        cmocka_unit_test(no_server_is_told_to_collect),
    };
    return cmocka_run_group_tests(tests, open_catalogue, close_catalogue);
}
