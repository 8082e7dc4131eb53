/* unit-subject.c: what subjects say of themselves, truly or not, and how they
 * are asked. */
#include "harness/build.h"
#include "harness/describe.h"
#include "harness/memory.h"
#include "harness/subject.h"
#include "known.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void facts(void **state)
{
    (void)state;
    char *text = known_text(FIXTURES "/describe/mark-side.txt");
    struct subject subject = {0};
    struct error error;
    assert_int_equal(subject_parse(&subject, text, &error), 0);
    assert_string_equal(subject.name, "mark-side");
    assert_string_equal(subject.about, "mark-sweep, the mark in the side");
    assert_string_equal(subject.stands_for, "");
    assert_string_equal(subject.version, "0.1.0");
    assert_int_equal(subject.options.count, 2);
    assert_int_equal(subject.prepare_count, 1);
    assert_string_equal(subject.prepare[0].fields[0], "gc");
    assert_null(subject.prepare[0].fields[2]);
    assert_int_equal(subject.metadata_count, 1);
    assert_string_equal(subject.metadata[0].fields[1], "side");
    assert_string_equal(subject.metadata[0].fields[4], "mark, sweep");
    assert_int_equal(subject.workload_count, 2);
    const struct subject_workload *uniform =
        subject_workload(&subject, "uniform");
    assert_int_equal(uniform->parameters.count, 3);
    assert_null(subject_workload(&subject, "unifor"));
    subject_clear(&subject);
    free(text);
}

static void builds(void **state)
{
    (void)state;
    char *text = known_text(FIXTURES "/describe/python.txt");
    struct subject subject = {0};
    struct error error;
    struct build_difference difference;
    assert_int_equal(subject_parse(&subject, text, &error), 0);
    assert_int_equal(subject.build_count, 2);
    json_t *build = build_json(&subject), *other = json_deep_copy(build);
    assert_string_equal(json_string_value(json_object_get(build, "pymalloc")),
                        "yes");
    assert_false(build_differs(build, other, &difference));
    assert_false(build_differs(build, NULL, &difference));
    assert_false(build_differs(NULL, build, &difference));
    json_object_set_new(other, "gil", json_string("no"));
    assert_true(build_differs(build, other, &difference));
    assert_string_equal(difference.name, "gil");
    assert_string_equal(difference.left, "nothing");
    assert_string_equal(difference.right, "no");
    json_object_set_new(other, "pymalloc", json_string("no"));
    assert_true(build_differs(build, other, &difference));
    assert_string_equal(difference.name, "pymalloc");
    assert_string_equal(difference.left, "yes");
    assert_string_equal(difference.right, "no");
    json_decref(build);
    json_decref(other);
    subject_clear(&subject);
    free(text);
}

static void servers(void **state)
{
    (void)state;
    char *text = known_text(FIXTURES "/describe/gunicorn.txt");
    struct subject subject = {0};
    struct error error;
    assert_int_equal(subject_parse(&subject, text, &error), 0);
    assert_string_equal(subject.on_behalf_of, "gunicorn");
    assert_null(subject.missing);
    subject_clear(&subject);
    free(text);
    text = xstrdup("cowlab-subject\t1\nsubject\ta\nmissing\tb is not here\n");
    assert_int_equal(subject_parse(&subject, text, &error), 0);
    assert_string_equal(subject.on_behalf_of, "");
    assert_string_equal(subject.missing, "b is not here");
    subject_clear(&subject);
    free(text);
}

static void bad_facts(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", "it does not say its name"},
        {"subject\ta\n",
         "line 1: expected 'cowlab-subject' and a protocol version"},
        {"cowlab-subject\t2\n",
         "line 1: cowlab-subject: protocol version '2': this cowlab speaks 1"},
        {"cowlab-subject\t1\n", "it does not say its name"},
        {"cowlab-subject\t1\nsubject\t\n", "line 2: subject: an empty name"},
        {"cowlab-subject\t1\nsubject\ta\nsubject\tb\n",
         "line 3: subject: said twice"},
        {"cowlab-subject\t1\non-behalf-of\t\n",
         "line 2: on-behalf-of: an empty name"},
        {"cowlab-subject\t1\npart\t\n", "line 2: part: an empty path"},
        {"cowlab-subject\t1\nmissing\t\n", "line 2: missing: an empty reason"},
        {"cowlab-subject\t1\nsubject\ta\tb\n",
         "line 2: 'subject' takes 1 fields"},
        {"cowlab-subject\t1\nsubject\n", "line 2: 'subject' takes 1 fields"},
        {"cowlab-subject\t1\n\nsubject\ta\n",
         "line 2: no fact of protocol 1: ''"},
        {"cowlab-subject\t1\ncolour\tred\n",
         "line 2: no fact of protocol 1: 'colour'"},
        {"cowlab-subject\t1\nparameter\tw\tp\tinteger\t1\t0\t2\t-\tm\n",
         "line 2: parameter: a parameter of the unknown workload 'w'"},
        {"cowlab-subject\t1\nworkload\tw\tx\nworkload\tw\tx\n",
         "line 3: workload: workload w: said twice"},
        {"cowlab-subject\t1\nmetadata\tmark\tside\tone\t16\tmark\n",
         "line 2: metadata: 'one' is no number"},
        {"cowlab-subject\t1\nbuild\tcc\tgcc\nbuild\tcc\tclang\n",
         "line 3: build: cc: said twice"},
        {"cowlab-subject\t1\nbuild\tcc\t\n",
         "line 2: build: an empty name or value"},
        {"cowlab-subject\t1\nlacks\twarmup\t\n",
         "line 2: lacks: an empty step or reason"},
        {"cowlab-subject\t1\nlacks-value\to\t1\tx\n",
         "line 2: lacks-value: a value of the unknown option 'o'"},
        {"cowlab-subject\t1\noption\to\tinteger\t1\t0\t2\t-\tm\n"
         "lacks-value\to\t3\tx\n",
         "line 3: lacks-value: o is 3: it must be from 0 to 2"},
        {"cowlab-subject\t1\noption\to\tinteger\t1\t0\t2\t-\tm\n"
         "lacks-value\to\t2\t\n",
         "line 3: lacks-value: an empty reason"},
        {"cowlab-subject\t1\noption\to\tinteger\t9\t0\t2\t-\tm\n",
         "line 2: option: its own default: o is 9: it must be from 0 to 2"},
        {"cowlab-subject\t1\n1\t2\t3\t4\t5\t6\t7\t8\t9\t10\t11\n",
         "line 2: no fact of protocol 1: '1'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = xstrdup(cases[i][0]);
        struct subject subject = {0};
        struct error error = {""};
        assert_int_equal(subject_parse(&subject, text, &error), -1);
        assert_string_equal(error.text, cases[i][1]);
        subject_clear(&subject);
        free(text);
    }
}

static void workloads_once(void **state)
{
    (void)state;
    struct catalogue catalogue;
    known_catalogue(&catalogue);
    size_t count;
    const struct subject_workload **workloads =
        catalogue_workloads(&catalogue, &count);
    assert_int_equal(count, 2);
    assert_string_equal(workloads[0]->name, "uniform");
    assert_string_equal(workloads[1]->name, "largeobject");
    free(workloads);
    assert_non_null(catalogue_find(&catalogue, "python"));
    assert_null(catalogue_find(&catalogue, "pypy"));
    assert_null(catalogue_missing(&catalogue, "python"));
    assert_string_equal(catalogue_missing(&catalogue, "pypy"),
                        "pypy3 is not installed (Debian package pypy3)");
    catalogue_close(&catalogue);
}

/* Asks a shell script; `--describe` is its $0. */
static int ask(const char *script, char **text, struct error *error)
{
    char *words = xstrdup(script);
    char *const command[] = {"/bin/sh", "-c", words, NULL};
    int status = describe(command, text, error);
    free(words);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
    assert_int_equal(errno, ECHILD);
    return status;
}

static void asking(void **state)
{
    (void)state;
    char *text;
    struct error error;
    assert_int_equal(ask("echo \"$0\"; echo b", &text, &error), 0);
    assert_string_equal(text, "--describe\nb\n");
    free(text);
}

static void bad_answers(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"exit 3", "ended with exit status 3"},
        {"kill -9 $$", "ended by signal 9 (Killed)"},
        {"printf 'a\\0b'", "a NUL in its description"},
        {"exec head -c 2000000 /dev/zero",
         "a description of more than 262144 bytes"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text;
        struct error error = {""};
        assert_int_equal(ask(cases[i][0], &text, &error), -1);
        assert_string_equal(error.text, cases[i][1]);
    }
    char *const command[] = {"/nonexistent", NULL};
    char *text;
    struct error error;
    assert_int_equal(describe(command, &text, &error), -1);
    assert_string_equal(error.text,
                        "cannot be started: No such file or directory");
}

/* Slow on purpose: the two waits of 20 s run at the same time. */
static void endless_answers(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"exec sleep 60", "no description within 20 s"},
        {"exec sleep 60 >&-", "still running after 20 s"},
    };
    pid_t child = fork();
    assert_true(child >= 0);
    size_t mine = child == 0;
    char *text;
    struct error error = {""};
    char *const command[] = {"/bin/sh", "-c", (char *)cases[mine][0], NULL};
    int status = describe(command, &text, &error);
    int good = status == -1 && strcmp(error.text, cases[mine][1]) == 0;
    if (child == 0)
        _Exit(good ? 0 : 1);
    int end;
    assert_int_equal(waitpid(child, &end, 0), child);
    assert_int_equal(end, 0);
    assert_true(good);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts),          cmocka_unit_test(servers),
        cmocka_unit_test(builds),         cmocka_unit_test(bad_facts),
        cmocka_unit_test(workloads_once), cmocka_unit_test(asking),
        cmocka_unit_test(bad_answers),    cmocka_unit_test(endless_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
