/* unit-experiment.c: good experiment files, into cells. */
#include "smaps/counters.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/experiment-text.h"

static void open_good(struct experiment *experiment, const char *text)
{
    struct error error;
    if (open_text(experiment, text, strlen(text), &error))
        fail_msg("%s", error.text);
}

static const char smallest[] = "experiment: small\n"
                               "matrix:\n"
                               "  subject: [mark-side]\n"
                               "  workload: [uniform]\n";

static void defaults(void **state)
{
    (void)state;
    static const unsigned samples[] = {1, 2, 3, 5, 10, 20, 50, 100};
    struct experiment experiment;
    open_good(&experiment, smallest);
    assert_string_equal(experiment.name, "small");
    assert_string_equal(experiment.about, "");
    assert_int_equal(strlen(experiment.hash), 16);
    assert_int_equal(experiment.seed, 1);
    assert_int_equal(experiment.invocations, 1);
    assert_int_equal(experiment.regime.timeout_s, 60);
    assert_int_equal(experiment.regime.collections_first, 0);
    assert_int_equal(experiment.regime.bursts, 10);
    assert_int_equal(experiment.regime.requests_per_burst, 100);
    assert_int_equal(experiment.regime.arrivals.kind, ARRIVALS_CLOSED);
    assert_int_equal(experiment.regime.sample_after_count, 8);
    assert_memory_equal(experiment.regime.sample_after, samples,
                        sizeof samples);
    assert_int_equal(experiment.regime.memory_bytes, 0);
    assert_int_equal(experiment.regime.swap_bytes, 0);
    assert_false(experiment.regime.memory_optional);
    assert_int_equal(experiment.counter_count, 0);
    assert_int_equal(experiment.left_out_count, 0);
    assert_int_equal(experiment.cell_count, 1);
    const struct cell *cell = &experiment.cells[0];
    assert_string_equal(cell->subject->name, "mark-side");
    assert_string_equal(cell->subject_label, "mark-side");
    assert_string_equal(cell->workload_label, "uniform");
    assert_int_equal(cell->workers, 4);
    assert_int_equal(cell->option_count, 2);
    assert_string_equal(cell->options[0].name, "growth");
    assert_string_equal(cell->options[0].value, "100");
    assert_string_equal(cell->options[1].value, "eager");
    assert_int_equal(cell->parameter_count, 3);
    assert_string_equal(cell->parameters[1].name, "total");
    assert_string_equal(cell->parameters[1].value, "1048576");
    assert_int_equal(cell->prepare_count, 0);
    experiment_close(&experiment);
}

/* The same thing under two labels is two cells, and the first of them is the
 * one that it is alone. */
static void twice(void **state)
{
    (void)state;
    struct experiment alone, both;
    open_good(&alone, smallest);
    open_good(&both, "experiment: same\n"
                     "matrix:\n"
                     "  subject:\n"
                     "    - mark-side\n"
                     "    - {name: mark-side, label: again}\n"
                     "    - {name: mark-side, label: Again}\n"
                     "  workload: [uniform]\n");
    assert_int_equal(both.cell_count, 3);
    assert_string_equal(both.cells[0].id, alone.cells[0].id);
    assert_string_equal(both.cells[1].subject_label, "again");
    assert_ptr_equal(both.cells[1].subject, both.cells[0].subject);
    assert_string_not_equal(both.cells[1].id, both.cells[0].id);
    assert_string_not_equal(both.cells[1].id, both.cells[2].id);
    experiment_close(&alone);
    experiment_close(&both);
}

static void every_key(void **state)
{
    (void)state;
    struct experiment experiment;
    open_good(&experiment, largest);
    assert_string_equal(experiment.about, "every key there is");
    assert_int_equal(experiment.seed, 7);
    assert_int_equal(experiment.invocations, 3);
    assert_int_equal(experiment.regime.timeout_s, 9);
    assert_int_equal(experiment.regime.collections_first, 2);
    assert_int_equal(experiment.regime.bursts, 4);
    assert_int_equal(experiment.regime.requests_per_burst, 40);
    assert_int_equal(experiment.regime.arrivals.kind, ARRIVALS_POISSON);
    assert_int_equal(experiment.regime.arrivals.per_second, 300);
    assert_int_equal(experiment.regime.sample_after_count, 2);
    assert_int_equal(experiment.regime.sample_after[1], 10);
    assert_int_equal(experiment.regime.memory_bytes, INT64_C(2) << 30);
    assert_int_equal(experiment.regime.swap_bytes, INT64_C(512) << 20);
    assert_true(experiment.regime.memory_optional);
    assert_int_equal(experiment.left_out_count, 1);
    assert_string_equal(experiment.left_out[0].subject, "PyPy");
    assert_string_equal(experiment.left_out[0].why,
                        "pypy3 is not installed (Debian package pypy3)");
    experiment_close(&experiment);
}

/* In base units; of a subject that is not installed with the reason. */
static void published(void **state)
{
    (void)state;
    struct experiment experiment;
    const char *what, *measure, *cell, *against, *why;
    json_t *null;
    double value, within;
    open_good(&experiment, smallest);
    assert_int_equal(json_array_size(experiment.published), 0);
    experiment_close(&experiment);
    open_good(&experiment, largest);
    assert_int_equal(json_array_size(experiment.published), 2);
    assert_int_equal(json_unpack(json_array_get(experiment.published, 0),
                                 "{s:s, s:s, s:f, s:f, s:s, s:s !}", "what",
                                 &what, "measure", &measure, "value", &value,
                                 "within", &within, "cell", &cell, "source",
                                 &why),
                     0);
    assert_string_equal(what, "half");
    assert_string_equal(measure, "broken_share");
    assert_true(value > 0.4999 && value < 0.5001);
    assert_true(within > 0.00499 && within < 0.00501);
    assert_string_equal(cell, experiment.cells[24].id);
    assert_int_equal(json_unpack(json_array_get(experiment.published, 1),
                                 "{s:f, s:f, s:o, s:s, s:s}", "value", &value,
                                 "within", &within, "cell", &null, "cell_why",
                                 &why, "against", &against),
                     0);
    assert_true(value > 0.6149 && value < 0.6151);
    assert_true(within > 0.1229 && within < 0.1231);
    assert_true(json_is_null(null));
    assert_non_null(strstr(why, "left out"));
    assert_string_equal(against, cell);
    experiment_close(&experiment);
}

/* Subjects innermost, then workers, workloads outermost; the last axis of an
 * entry fastest. */
static void order_and_labels(void **state)
{
    (void)state;
    static const char *const subjects[] = {"mark-header",
                                           "mark-side growth=100 sweep=eager",
                                           "mark-side growth=100 sweep=lazy",
                                           "mark-side growth=150 sweep=eager",
                                           "mark-side growth=150 sweep=lazy",
                                           "Side/kept growth=200",
                                           "Side/kept growth=300",
                                           "python prepare=gc,freeze"};
    static const char *const workloads[] = {"largeobject",
                                            "largeobject list-count=10",
                                            "largeobject list-count=20"};
    struct experiment experiment;
    open_good(&experiment, largest);
    assert_int_equal(experiment.cell_count, 3 * 2 * 8);
    for (size_t i = 0; i < experiment.cell_count; i++) {
        const struct cell *cell = &experiment.cells[i];
        assert_string_equal(cell->subject_label, subjects[i % 8]);
        assert_string_equal(cell->workload_label, workloads[i / 16]);
        assert_int_equal(cell->workers, i / 8 % 2 ? 2 : 4);
    }
    assert_string_equal(experiment.cells[4].options[0].value, "150");
    assert_string_equal(experiment.cells[4].options[1].value, "lazy");
    assert_string_equal(experiment.cells[32].parameters[0].value, "20");
    assert_int_equal(experiment.cells[7].prepare_count, 2);
    assert_string_equal(experiment.cells[7].prepare[1], "freeze");
    experiment_close(&experiment);
}

static void identifiers(void **state)
{
    (void)state;
    struct experiment experiment;
    open_good(&experiment, largest);
    for (size_t i = 0; i < experiment.cell_count; i++) {
        const char *id = experiment.cells[i].id;
        assert_int_equal(strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-"),
                         strlen(id));
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(id, experiment.cells[j].id);
    }
    const char *id = experiment.cells[5].id;
    const char readable[] = "side-kept-growth-200-largeobject-w4-";
    assert_int_equal(strncmp(id, readable, strlen(readable)), 0);
    assert_int_equal(strlen(id), strlen(readable) + 8);
    experiment_close(&experiment);
}

/* What is measured decides the hash, not what it is called, and a default says
 * the same as its value written out. */
static void identifier_hash(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "experiment: a\nmatrix:\n  subject: [mark-side]\n"
        "  workload: [uniform]\n",
        "experiment: b\nmatrix:\n  subject: [{name: mark-side, growth: 100}]\n"
        "  workload: [{name: uniform, total: 1 MiB}]\n",
        "experiment: a\nbursts: 11\nmatrix:\n  subject: [mark-side]\n"
        "  workload: [uniform]\n"};
    char hashes[3][9];
    for (size_t i = 0; i < 3; i++) {
        struct experiment experiment;
        open_good(&experiment, texts[i]);
        snprintf(hashes[i], sizeof hashes[i], "%s",
                 strrchr(experiment.cells[0].id, '-') + 1);
        experiment_close(&experiment);
    }
    assert_string_equal(hashes[0], hashes[1]);
    assert_string_not_equal(hashes[0], hashes[2]);
}

/* A closed loop has the id that it had before there was any other. */
static void arrivals(void **state)
{
    (void)state;
    static const char *const labels[] = {
        "uniform",
        "uniform arrivals=constant requests-per-second=50",
        "uniform arrivals=poisson requests-per-second=50",
        "uniform arrivals=poisson requests-per-second=60",
    };
    struct experiment experiment;
    open_good(&experiment, smallest);
    char *before = xstrdup(experiment.cells[0].id);
    experiment_close(&experiment);
    open_good(&experiment, "experiment: small\n"
                           "matrix: {subject: [mark-side], "
                           "workload: [uniform]}\n"
                           "include:\n"
                           "  - arrivals: {constant: 50}\n"
                           "  - arrivals: {poisson: 50}\n"
                           "  - arrivals: {poisson: 70}\n"
                           "override:\n"
                           "  - {only: requests-per-second=70, "
                           "arrivals: {poisson: 60}}\n"
                           "  - {only: arrivals=closed, arrivals: closed}\n");
    assert_int_equal(experiment.cell_count, 4);
    assert_string_equal(experiment.cells[0].id, before);
    assert_string_equal(strrchr(before, '-'), "-05c2aac8");
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(experiment.cells[i].workload_label, labels[i]);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(strrchr(experiment.cells[i].id, '-'),
                                    strrchr(experiment.cells[j].id, '-'));
    }
    experiment_close(&experiment);
    free(before);
}

/* A limit distinguishes a cell, and what has none keeps the id that its results
 * have always had. */
static void limits_in_identifiers(void **state)
{
    (void)state;
    static const char *const limits[] = {
        "", "memory: 1 GiB\n", "memory: 2 GiB\n",
        "memory: 1 GiB\nswap: 1 GiB\n",
        "memory: 1 GiB\nmemory-optional: true\n"};
    char hashes[5][9];
    for (size_t i = 0; i < 5; i++) {
        struct experiment experiment;
        char *text = xasprintf("%s%s", limits[i], smallest);
        open_good(&experiment, text);
        snprintf(hashes[i], sizeof hashes[i], "%s",
                 strrchr(experiment.cells[0].id, '-') + 1);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(hashes[i], hashes[j]);
        experiment_close(&experiment);
        free(text);
    }
    assert_string_equal(hashes[0], "05c2aac8");
}

static void sizes(void **state)
{
    (void)state;
    struct experiment experiment;
    open_good(&experiment,
              "experiment: sizes\nmatrix:\n  subject: [mark-side]\n"
              "  workload: [{name: uniform, total: [64 KiB, 1GiB, 5 B]}]\n");
    static const char *const values[] = {"65536", "1073741824", "5"};
    assert_int_equal(experiment.cell_count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(experiment.cells[i].parameters[1].value, values[i]);
    assert_string_equal(experiment.cells[0].workload_label,
                        "uniform total=64 KiB");
    experiment_close(&experiment);
}

static void only_letters_left_out_of_file_names(void **state)
{
    (void)state;
    struct experiment experiment;
    open_good(&experiment,
              "experiment: e\nmatrix:\n"
              "  subject: [{name: mark-side, label: \u00e9\u00e9}]\n"
              "  workload: [uniform]\n");
    assert_string_equal(experiment.cells[0].subject_label, "\u00e9\u00e9");
    assert_int_equal(strncmp(experiment.cells[0].id, "uniform-w4-", 11), 0);
    experiment_close(&experiment);
}

static void no_bursts_need_no_share(void **state)
{
    (void)state;
    struct experiment experiment;
    open_good(&experiment, "experiment: idle\nbursts: 0\nmatrix:\n"
                           "  subject: [mark-side]\n  workload: [uniform]\n"
                           "  workers: [3]\n");
    assert_int_equal(experiment.cells[0].workers, 3);
    experiment_close(&experiment);
}

#define WITH_COUNTERS(LIST)                                                    \
    "experiment: demo\ncounters: " LIST "\nmatrix:\n"                          \
    "  subject: [mark-side]\n  workload: [uniform]\n"

static void counters(void **state)
{
    (void)state;
    struct experiment experiment;
    struct error error;
    static const char unknown[] = WITH_COUNTERS("[cycles, page-faulst]");
    char why[COUNTER_WHY_SIZE];
    if (counter_check("page-faults", why))
        skip(); /* built without libpfm4 */
    assert_int_equal(
        open_text(&experiment, unknown, sizeof unknown - 1, &error), -1);
    assert_non_null(strstr(error.text, ":2:20: unknown counter 'page-faulst': "
                                       "did you mean 'PAGE-FAULTS'?"));
    open_good(&experiment, WITH_COUNTERS("[page-faults]"));
    assert_int_equal(experiment.counter_count, 1);
    assert_string_equal(experiment.counters[0], "page-faults");
    experiment_close(&experiment);
    static const char twice[] = WITH_COUNTERS("[page-faults, page-faults]");
    assert_int_equal(open_text(&experiment, twice, sizeof twice - 1, &error),
                     -1);
    assert_non_null(strstr(error.text, ":2:25: counter 'page-faults' is given "
                                       "twice"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(twice),
        cmocka_unit_test(every_key),
        cmocka_unit_test(published),
        cmocka_unit_test(order_and_labels),
        cmocka_unit_test(identifiers),
        cmocka_unit_test(identifier_hash),
        cmocka_unit_test(limits_in_identifiers),
        cmocka_unit_test(arrivals),
        cmocka_unit_test(sizes),
        cmocka_unit_test(only_letters_left_out_of_file_names),
        cmocka_unit_test(no_bursts_need_no_share),
        cmocka_unit_test(counters),
    };
    return cmocka_run_group_tests(tests, open_known, close_known);
}
