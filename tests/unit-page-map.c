/* unit-page-map.c: page maps as text: written, read back, and refused. */
#include "harness/page-map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void runs_are_joined(void **state)
{
    (void)state;
    struct page_map map = {0};
    page_map_add(&map, 's', 100);
    page_map_add(&map, 's', 20);
    page_map_add(&map, 'h', 0);
    page_map_add(&map, 's', 0);
    page_map_add(&map, 'h', 1);
    for (int i = 0; i < 4; i++)
        page_map_add(&map, 's', 1);
    page_map_add(&map, '.', 17);
    char *text = page_map_take(&map);
    assert_string_equal(text, "s120hs4.17");
    assert_int_equal(page_map_pages(text), 142);
    free(text);
    text = page_map_take(&map); /* it is empty again */
    assert_string_equal(text, "");
    assert_int_equal(page_map_pages(text), 0);
    free(text);
}

static void runs_are_read_in_order(void **state)
{
    (void)state;
    struct page_map_reader reader = page_map_read("s120hs4");
    assert_int_equal(page_map_next(&reader), 1);
    assert_int_equal(reader.letter, 's');
    assert_int_equal(reader.count, 120);
    assert_int_equal(page_map_next(&reader), 1);
    assert_int_equal(reader.letter, 'h');
    assert_int_equal(reader.count, 1);
    assert_int_equal(page_map_next(&reader), 1);
    assert_int_equal(reader.pages, 125);
    assert_int_equal(page_map_next(&reader), 0);
    assert_int_equal(page_map_next(&reader), 0);
}

static void what_is_no_map_is_refused(void **state)
{
    static const char *const broken[] = {
        "x",
        "s0",
        "s1",
        "s01",
        "s-1",
        "s 4",
        "4",
        "s4s",
        "ss",
        "s4h,",
        "S4",
        "s4503599627370497",
        "s4503599627370496n",
        "s99999999999999999999999999999999999999",
        "\xff",
    };
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        if (page_map_pages(broken[i]) != -1)
            fail_msg("'%s' was taken for a map", broken[i]);
    assert_int_equal(page_map_pages("s4503599627370496"), INT64_C(1) << 52);
}

static uint64_t random_state = 2018;

static unsigned random_below(unsigned limit)
{
    random_state = random_state * UINT64_C(6364136223846793005) + 1;
    return (unsigned)(random_state >> 33) % limit;
}

/* What was written is read back page by page; and any text is either refused
 * or the one form of what it says. */
static void any_map_survives(void **state)
{
    (void)state;
    for (int round = 0; round < 500; round++) {
        struct page_map map = {0}, again = {0};
        char cells[200];
        for (size_t i = 0; i < sizeof cells; i++) {
            bool same = i > 0 && random_below(3);
            cells[i] = same ? cells[i - 1]
                            : page_kinds[random_below(PAGE_MAP_KINDS)].letter;
            page_map_add(&map, cells[i], 1);
        }
        char *text = page_map_take(&map);
        struct page_map_reader reader = page_map_read(text);
        size_t at = 0;
        while (page_map_next(&reader) == 1)
            for (uint64_t i = 0; i < reader.count; i++)
                assert_int_equal(cells[at++], reader.letter);
        assert_int_equal(at, sizeof cells);

        text[random_below((unsigned)strlen(text))] =
            (char)('-' + random_below(80));
        reader = page_map_read(text);
        int more;
        while ((more = page_map_next(&reader)) == 1)
            page_map_add(&again, reader.letter, reader.count);
        char *copy = page_map_take(&again);
        if (more == 0)
            assert_string_equal(copy, text);
        free(copy);
        free(text);
    }
}

static char later(char before, char change)
{
    return change == '=' ? before : change;
}

static char difference(char before, char now)
{
    return before == now ? '=' : now;
}

static void expect_combined(struct page_map_reader first,
                            struct page_map_reader second,
                            char (*combine)(char, char), char nothing,
                            const char *expected)
{
    char *text = page_map_combine(first, second, combine, nothing);
    if (expected)
        assert_string_equal(text, expected);
    else
        assert_null(text);
    free(text);
}

static void changes_are_found_and_made(void **state)
{
    static const char *const rows[][3] = {
        {"s5", "s5", ""},
        {"s5", "s2us2", "=2u"},
        {"s5", "s3g2", "=3g2"},
        {"s5", "s5n", "=5n"},
        {"", ".3n2", "=3n2"},
        {"s2n4", "s2", "=2.4"},
        {"s2.n", "s2.2n", "=3.n"},
        {"es3k", "eu3k", "=u3"},
        {"", "", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        expect_combined(page_map_read(rows[i][0]), page_map_read(rows[i][1]),
                        difference, '=', rows[i][2]);
        expect_combined(page_map_read(rows[i][0]),
                        page_map_read_changes(rows[i][2]), later, '.',
                        rows[i][1]);
    }
    expect_combined(page_map_read("s4x"), page_map_read("s"), difference, '=',
                    NULL);
    expect_combined(page_map_read("s4"), page_map_read("s0"), difference, '=',
                    NULL);
    /* Unchanged is a letter of changes alone. */
    expect_combined(page_map_read("s4"), page_map_read("=4"), later, '.', NULL);
    assert_int_equal(page_map_pages("s4="), -1);
}

static void letters_of_what_describe_says(void **state)
{
    (void)state;
    assert_int_equal(page_kind_of("header", "header"), 'h');
    assert_int_equal(page_kind_of("reference", "body"), 'r');
    assert_int_equal(page_kind_of("payload", "body"), 'p');
    assert_int_equal(page_kind_of("free", "body"), 'f');
    assert_int_equal(page_kind_of("unused", "body"), 'f');
    assert_int_equal(page_kind_of("mark", "page"), 'm');
    assert_int_equal(page_kind_of("card", "side"), 'm');
    assert_int_equal(page_kind_of("none", "none"), 'u');
    assert_int_equal(page_kind_of("surprise", "body"), 'u');
    assert_int_equal(page_kind_of("[heap]", "process"), 'u');
    assert_int_equal(page_kind_index('s'), 0);
    assert_int_equal(page_kind_index('\0'), -1);
    for (int i = 0; i < PAGE_MAP_KINDS; i++)
        assert_int_equal(page_kind_index(page_kinds[i].letter), i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_are_joined),
        cmocka_unit_test(runs_are_read_in_order),
        cmocka_unit_test(what_is_no_map_is_refused),
        cmocka_unit_test(any_map_survives),
        cmocka_unit_test(changes_are_found_and_made),
        cmocka_unit_test(letters_of_what_describe_says),
    };
    return cmocka_run_group_tests_name("unit-page-map", tests, NULL, NULL);
}
