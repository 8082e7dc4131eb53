/* unit-experiment-refused.c: bad experiment files (tests/refused), into the
 * message that their first line foretells, and any bytes at all. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/experiment-text.h"

#define REFUSED FIXTURES "/../refused"

static void missing_file(void **state)
{
    (void)state;
    struct experiment experiment;
    struct error error;
    assert_int_equal(experiment_open(&experiment, "/nonexistent/demo.yaml",
                                     NULL, &catalogue, &error),
                     -1);
    assert_string_equal(error.text, "/nonexistent/demo.yaml: cannot be opened: "
                                    "No such file or directory");
    assert_int_equal(
        experiment_open(&experiment, "/", NULL, &catalogue, &error), -1);
    assert_non_null(strstr(error.text, "directory"));
}

/* The first line of the file is "# " and the message after FILE:. */
static void refuse(const char *name)
{
    char *path = xasprintf(REFUSED "/%s", name);
    char *text = known_text(path);
    text[strcspn(text, "\n")] = '\0';
    char *expected = xasprintf("%s:%s", path, text + 2);
    struct experiment experiment;
    struct error error;
    if (experiment_open(&experiment, path, NULL, &catalogue, &error) == 0)
        fail_msg("%s is not refused", name);
    assert_string_equal(error.text, expected);
    free(expected);
    free(text);
    free(path);
}

static int is_yaml(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot && strcmp(dot, ".yaml") == 0;
}

static void refused(void **state)
{
    (void)state;
    struct dirent **entries;
    int count = scandir(REFUSED, &entries, is_yaml, alphasort);
    assert_true(count > 60);
    for (int i = 0; i < count; i++) {
        refuse(entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
}

/* Whatever the bytes, the answer is an experiment or a message. */
static void try_bytes(const char *text, size_t length)
{
    struct experiment experiment;
    struct error error = {""};
    if (open_text(&experiment, text, length, &error)) {
        assert_true(strlen(error.text) > strlen("/proc/self/fd/"));
        return;
    }
    assert_true(experiment.cell_count > 0);
    experiment_close(&experiment);
}

static void every_prefix(void **state)
{
    (void)state;
    for (size_t length = 0; length < sizeof largest; length++)
        try_bytes(largest, length);
}

static void one_byte_changed(void **state)
{
    (void)state;
    uint64_t random = 20180;
    for (int i = 0; i < 2000; i++) {
        char text[sizeof largest];
        memcpy(text, largest, sizeof text);
        random = random * 6364136223846793005u + 1442695040888963407u;
        text[(random >> 33) % (sizeof text - 1)] = (char)(random >> 24);
        try_bytes(text, sizeof text - 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(missing_file),
        cmocka_unit_test(refused),
        cmocka_unit_test(every_prefix),
        cmocka_unit_test(one_byte_changed),
    };
    return cmocka_run_group_tests(tests, open_known, close_known);
}
