/* unit-program.c: the hash of a subject's program: of one file, and of a script
 * with its parts. */
#include "harness/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* The hash must be there, and be `same` as the one before, or not. */
static void expect(char **before, bool same, const char *what)
{
    struct error error;
    char *hash = program_hash("adapter.py", &error);
    if (!hash)
        fail_msg("%s: %s", what, error.text);
    if (*before && same != !strcmp(*before, hash))
        fail_msg("%s: the hash %s", what, same ? "changed" : "is the same");
    free(*before);
    *before = hash;
}

static int enter_directory(void **state)
{
    static char directory[] = "/tmp/unit-program-XXXXXX";
    *state = mkdtemp(directory);
    return *state && chdir(*state) == 0 ? 0 : -1;
}

static int remove_directory(void **state)
{
    char command[64];
    snprintf(command, sizeof command, "exec rm -rf '%s'", (char *)*state);
    return chdir("/") || system(command);
}

static void the_parts_of_a_script_count(void **state)
{
    (void)state;
    char *hash = NULL;
    struct error error;
    write_file("adapter.py", "main");
    expect(&hash, true, "one file");
    assert_int_equal(mkdir("adapter", 0700), 0);
    expect(&hash, false, "a folder of that name");
    write_file("adapter/a.py", "a");
    expect(&hash, false, "a part");
    write_file("adapter/a.py", "b");
    expect(&hash, false, "a part of other text");
    assert_int_equal(rename("adapter/a.py", "adapter/b.py"), 0);
    expect(&hash, false, "a part of another name");
    assert_int_equal(mkdir("adapter/deep", 0700), 0);
    write_file("adapter/deep/a.py", "b");
    expect(&hash, false, "a part further below");
    write_file("adapter/notes.rb", "in another language");
    expect(&hash, false, "a part of another ending");
    write_file("adapter.py", "other");
    expect(&hash, false, "the script itself");
    free(hash);

    assert_int_equal(symlink("nowhere", "adapter/c.py"), 0);
    assert_null(program_hash("adapter.py", &error));
    assert_non_null(strstr(error.text, "adapter/c.py"));
    assert_int_equal(unlink("adapter/c.py"), 0);
    assert_null(program_hash("absent.py", &error));
    assert_non_null(strstr(error.text, "absent.py"));
}

static void what_is_no_part_does_not_count(void **state)
{
    (void)state;
    char *hash = NULL;
    expect(&hash, true, "as it was left");
    expect(&hash, true, "again");
    write_file("adapter/a.pyc", "compiled");
    write_file("adapter/.a.py.swp", "hidden");
    expect(&hash, true, "compiled and hidden files");
    assert_int_equal(mkdir("other", 0700), 0);
    write_file("other/a.py", "a");
    expect(&hash, true, "another folder");
    free(hash);

    struct error error;
    write_file("adapter-1.2", "no script");
    char *plain = program_hash("adapter-1.2", &error);
    assert_non_null(plain);
    assert_int_equal(strlen(plain), 16);
    free(plain);
}

static char *hash_of(const struct subject *subject)
{
    struct error error;
    char *hash = program_subject_hash(subject, &error);
    if (!hash)
        fail_msg("%s", error.text);
    return hash;
}

static void the_scripts_that_a_subject_names_count(void **state)
{
    (void)state;
    struct error error;
    write_file("server.py", "serve");
    write_file("runtime.py", "run");
    assert_int_equal(mkdir("runtime", 0700), 0);
    struct subject_fact part = {.fields = {"runtime.py"}};
    char *script = NULL;
    assert_true(asprintf(&script, "%s/server.py", (char *)*state) > 0);
    struct subject subject = {.command = {"python3", script}};

    char *alone = hash_of(&subject), *plain = program_hash(script, &error);
    assert_string_equal(alone, plain);
    subject.parts = &part;
    subject.part_count = 1;
    char *with = hash_of(&subject);
    assert_string_not_equal(with, alone);
    assert_int_equal(strlen(with), 16);
    write_file("runtime/a.py", "a");
    char *changed = hash_of(&subject);
    assert_string_not_equal(changed, with);

    subject.command[1] = "server.py"; /* from this folder: the same */
    char *here = hash_of(&subject);
    assert_string_equal(here, changed);
    part.fields[0] = "absent.py";
    assert_null(program_subject_hash(&subject, &error));
    assert_non_null(strstr(error.text, "absent.py"));
    free(here);
    free(changed);
    free(with);
    free(plain);
    free(alone);
    free(script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_parts_of_a_script_count),
        cmocka_unit_test(what_is_no_part_does_not_count),
        cmocka_unit_test(the_scripts_that_a_subject_names_count),
    };
    return cmocka_run_group_tests(tests, enter_directory, remove_directory);
}
