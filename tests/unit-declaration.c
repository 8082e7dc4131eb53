/* unit-declaration.c: declared options and values, and the nearest word. */
#include "harness/declaration.h"
#include "harness/nearest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *const words[] = {"mark-header", "mark-side", "python", "a"};

static void near_words(void **state)
{
    (void)state;
    static const struct {
        const char *word, *nearest;
    } cases[] = {
        {"mark-heder", "mark-header"},  /* one letter left out */
        {"mark-haeder", "mark-header"}, /* two swapped */
        {"mark_sides", "mark-side"},    /* one replaced, one added */
        {"pyhton", "python"},
        {"Python", "python"},
        {"b", "a"},         /* a third of one letter is still one */
        {"ruby", NULL},     /* nothing is near */
        {"pyth", "python"}, /* two of six */
        {"pyt", NULL},      /* three of six are too many */
        {"", "a"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *found = nearest(cases[i].word, words, 4);
        if (cases[i].nearest)
            assert_string_equal(found, cases[i].nearest);
        else
            assert_null(found);
    }
    assert_null(nearest("a", NULL, 0));
    char longest[258];
    const char *const long_words[] = {longest};
    memset(longest, 'x', sizeof longest - 1);
    longest[256] = '\0';
    assert_string_equal(nearest(longest, long_words, 1), longest);
    longest[256] = 'x';
    longest[257] = '\0';
    assert_null(nearest(longest, long_words, 1));
}

static void unknown_words(void **state)
{
    (void)state;
    struct error error;
    assert_int_equal(nearest_unknown("subject", "python", words, 4, &error), 0);
    assert_int_equal(nearest_unknown("subject", "pyton", words, 4, &error), -1);
    assert_string_equal(error.text,
                        "unknown subject 'pyton': did you mean 'python'?");
    assert_int_equal(nearest_unknown("subject", "ruby", words, 4, &error), -1);
    assert_string_equal(error.text, "unknown subject 'ruby': known are "
                                    "mark-header, mark-side, python, a");
    static const char *const numbers[] = {"2", "8"};
    assert_int_equal(nearest_unknown("workers", "9", numbers, 2, &error), -1);
    assert_string_equal(error.text, "unknown workers '9': known are 2, 8");
    assert_int_equal(nearest_unknown("step", "gc", NULL, 0, &error), -1);
    assert_string_equal(error.text, "unknown step 'gc': there is none");
}

static struct declarations declared(void)
{
    static char *const growth[] = {"growth", "integer", "100",     "-5",
                                   "1000",   "percent", "how much"};
    static char *const total[] = {"total",         "integer", "4096",  "0",
                                  "1099511627776", "bytes",   "a size"};
    static char *const sweep[] = {"sweep", "choice", "eager", "eager|lazy",
                                  "-",     "-",      "when"};
    struct declarations declarations = {0};
    struct error error;
    assert_int_equal(declarations_add(&declarations, growth, &error), 0);
    assert_int_equal(declarations_add(&declarations, total, &error), 0);
    assert_int_equal(declarations_add(&declarations, sweep, &error), 0);
    return declarations;
}

static void reading(void **state)
{
    (void)state;
    struct declarations declarations = declared();
    const struct declaration *growth =
        declarations_find(&declarations, "growth");
    assert_int_equal(growth->type, DECLARATION_INTEGER);
    assert_int_equal(growth->minimum, -5);
    assert_int_equal(growth->maximum, 1000);
    assert_string_equal(growth->default_value, "100");
    assert_string_equal(growth->unit, "percent");
    const struct declaration *sweep = declarations_find(&declarations, "sweep");
    assert_int_equal(sweep->type, DECLARATION_CHOICE);
    assert_string_equal(sweep->choices, "eager|lazy");
    assert_string_equal(sweep->unit, "");
    assert_null(declarations_find(&declarations, "sweeps"));
    declarations_free(&declarations);
    assert_int_equal(declarations.count, 0);
}

static void good_values(void **state)
{
    (void)state;
    static const struct {
        const char *name, *value, *canonical;
    } cases[] = {
        {"growth", "150", "150"},      {"growth", "-5", "-5"},
        {"growth", "0007", "7"},       {"growth", "1000", "1000"},
        {"total", "64 KiB", "65536"},  {"total", "64KiB", "65536"},
        {"total", "3 MiB", "3145728"}, {"total", "1024 GiB", "1099511627776"},
        {"total", "12 B", "12"},       {"sweep", "lazy", "lazy"},
    };
    struct declarations declarations = declared();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char canonical[64];
        struct error error;
        const struct declaration *declaration =
            declarations_find(&declarations, cases[i].name);
        if (declaration_check(declaration, cases[i].value, canonical, &error))
            fail_msg("%s", error.text);
        assert_string_equal(canonical, cases[i].canonical);
    }
    declarations_free(&declarations);
}

static void bad_values(void **state)
{
    (void)state;
    static const struct {
        const char *name, *value;
    } cases[] = {
        {"growth", ""},          {"growth", "-"},
        {"growth", " 5"},        {"growth", "5 "},
        {"growth", "+5"},        {"growth", "0x10"},
        {"growth", "1e2"},       {"growth", "-6"},
        {"growth", "1001"},      {"growth", "99999999999999999999"},
        {"growth", "1 KiB"},     {"total", "64  KiB"},
        {"total", "64 kib"},     {"total", "64 KiBx"},
        {"total", "1025 GiB"},   {"total", "9223372036854775807 KiB"},
        {"sweep", "eager|lazy"}, {"sweep", ""},
    };
    struct declarations declarations = declared();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char canonical[64];
        struct error error = {""};
        const struct declaration *declaration =
            declarations_find(&declarations, cases[i].name);
        if (declaration_check(declaration, cases[i].value, canonical, &error) ==
            0)
            fail_msg("%s '%s' is accepted", cases[i].name, cases[i].value);
        assert_non_null(strstr(error.text, cases[i].name));
    }
    declarations_free(&declarations);
    char zeros[65], canonical[64];
    struct error error;
    memset(zeros, '0', sizeof zeros - 1);
    zeros[64] = '\0';
    declarations = declared();
    const struct declaration *growth =
        declarations_find(&declarations, "growth");
    assert_int_equal(declaration_check(growth, zeros, canonical, &error), -1);
    assert_int_equal(declaration_check(growth, zeros + 1, canonical, &error),
                     0);
    declarations_free(&declarations);
}

static void bad_declarations(void **state)
{
    (void)state;
    static const struct {
        char *fields[7];
        const char *message;
    } cases[] = {
        {{"", "integer", "1", "0", "2", "-", ""},
         "a declaration without a name"},
        {{"a", "real", "1", "0", "2", "-", ""},
         "a: unknown type 'real': it is integer or choice"},
        {{"a", "integer", "1", "none", "2", "-", ""},
         "a: no range: from 'none' to '2'"},
        {{"a", "integer", "1", "3", "2", "-", ""},
         "a: no range: from '3' to '2'"},
        {{"a", "integer", "5", "0", "2", "-", ""},
         "its own default: a is 5: it must be from 0 to 2"},
        {{"a", "choice", "x", "", "-", "-", ""},
         "a: its choices are none or too long: ''"},
        {{"a", "choice", "z", "xxxx|yyyy", "-", "-", ""},
         "its own default: unknown value of a 'z': known are xxxx, yyyy"},
        {{"growth", "integer", "1", "0", "2", "-", ""},
         "growth: declared twice"},
    };
    struct declarations declarations = declared();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {""};
        assert_int_equal(
            declarations_add(&declarations, cases[i].fields, &error), -1);
        assert_string_equal(error.text, cases[i].message);
        assert_int_equal(declarations.count, 3);
    }
    declarations_free(&declarations);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(near_words), cmocka_unit_test(unknown_words),
        cmocka_unit_test(reading),    cmocka_unit_test(good_values),
        cmocka_unit_test(bad_values), cmocka_unit_test(bad_declarations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
