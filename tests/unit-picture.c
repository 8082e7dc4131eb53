/* unit-picture.c: cells of several pages, their letters and colours, and what
 * is said of a picture. */
#include "harness/drawing.h"
#include "harness/memory.h"
#include "harness/picture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct picture picture_of(const char *map)
{
    struct picture picture = {.title = xstrdup("a heap")};
    assert_int_equal(picture_add(&picture, "cells", 0x10000, xstrdup(map)), 0);
    return picture;
}

/* The letters of all cells of the first area; the caller frees them. */
static char *letters(const struct picture *picture, uint64_t bucket)
{
    size_t count;
    struct picture_cell *cells =
        picture_cells(&picture->areas[0], bucket, &count);
    char *text = xcalloc(count + 1, 1);
    for (size_t i = 0; i < count; i++)
        text[i] = cells[i].letter;
    free(cells);
    return text;
}

static void expect_letters(const char *map, uint64_t bucket,
                           const char *expected)
{
    struct picture picture = picture_of(map);
    char *text = letters(&picture, bucket);
    assert_string_equal(text, expected);
    free(text);
    picture_clear(&picture);
}

static void a_cell_is_what_most_of_its_pages_are(void **state)
{
    (void)state;
    expect_letters("s4hs2p", 1, "sssshssp");
    expect_letters("s4h3s", 4, "sh");
    expect_letters("s2h2", 4, "h"); /* of as many: what is broken */
    expect_letters("s7h", 8, "s");
    expect_letters("s5r", 4, "sr"); /* the last is of two pages */
    expect_letters("s3n9", 100, "n");
}

static void nothing_at_the_end_is_left_out(void **state)
{
    (void)state;
    expect_letters(".2s2.1000", 1, "..ss");
    struct picture picture = {0};
    assert_int_equal(picture_add(&picture, "none", 0, xstrdup(".99")), 0);
    assert_int_equal(picture_add(&picture, "none", 0, xstrdup("")), 0);
    assert_int_equal(picture_add(&picture, "bad", 0, xstrdup("s0")), -1);
    assert_int_equal(picture.area_count, 0);
    picture_clear(&picture);
}

static void colours_are_mixed(void **state)
{
    (void)state;
    struct picture picture = picture_of("s3h");
    struct colour shared = picture_colour(page_kind_index('s'));
    struct colour header = picture_colour(page_kind_index('h'));
    size_t count;
    struct picture_cell *cells = picture_cells(&picture.areas[0], 4, &count);
    assert_int_equal(count, 1);
    assert_int_equal(cells[0].colour.red, (3 * shared.red + header.red) / 4);
    assert_int_equal(cells[0].colour.blue, (3 * shared.blue + header.blue) / 4);
    free(cells);
    picture_clear(&picture);
}

static void buckets_are_powers_of_two(void **state)
{
    (void)state;
    struct picture picture = picture_of("s1000");
    picture_add(&picture, "small", 0, xstrdup("h3"));
    assert_int_equal(picture_bucket(&picture, 1000), 1);
    assert_int_equal(picture_bucket(&picture, 999), 2);
    assert_int_equal(picture_bucket(&picture, 250), 4);
    assert_int_equal(picture_bucket(&picture, 1), 1024);
    picture_clear(&picture);
}

static void sentences_add_up(void **state)
{
    (void)state;
    struct picture picture = picture_of("s300.50h10n3p18");
    uint64_t counts[PAGE_MAP_KINDS] = {0};
    picture_count_all(&picture, counts);
    char *text = picture_sentence(counts);
    assert_string_equal(text, "331 pages: 300 shared, 3 new, 28 broken "
                              "(10 header, 18 payload)");
    free(text);
    picture_clear(&picture);
    picture = picture_of("u");
    memset(counts, 0, sizeof counts);
    picture_count_all(&picture, counts);
    text = picture_sentence(counts);
    assert_string_equal(text, "1 page: 1 broken");
    free(text);
    picture_clear(&picture);
}

static uint64_t area_of(const struct drawing *drawing, int kind)
{
    struct colour colour = picture_colour(kind);
    uint32_t number =
        (uint32_t)colour.red << 16 | (uint32_t)colour.green << 8 | colour.blue;
    uint64_t area = 0;
    for (size_t i = 0; i < drawing->box_count; i++)
        if (drawing->boxes[i].colour == number)
            area +=
                (uint64_t)drawing->boxes[i].width * drawing->boxes[i].height;
    return area;
}

/* Every page has its square, besides the one of the legend. */
static void a_drawing_has_a_square_for_each_page(void **state)
{
    (void)state;
    struct picture picture = picture_of("s100hs27.4p60r");
    struct drawing drawing;
    drawing_open(&drawing, &picture, 64);
    const uint64_t legend = 12 * 12, cell = 16 * 16;
    assert_int_equal(area_of(&drawing, page_kind_index('s')),
                     legend + 127 * cell);
    assert_int_equal(area_of(&drawing, page_kind_index('h')), legend + cell);
    assert_int_equal(area_of(&drawing, page_kind_index('p')),
                     legend + 60 * cell);
    assert_int_equal(area_of(&drawing, page_kind_index('.')), 0);
    for (size_t i = 0; i < drawing.box_count; i++) {
        const struct drawing_box *box = &drawing.boxes[i];
        assert_true(box->x + box->width <= drawing.width);
        assert_true(box->y + box->height <= drawing.height);
    }
    drawing_close(&drawing);
    picture_clear(&picture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cell_is_what_most_of_its_pages_are),
        cmocka_unit_test(nothing_at_the_end_is_left_out),
        cmocka_unit_test(colours_are_mixed),
        cmocka_unit_test(buckets_are_powers_of_two),
        cmocka_unit_test(sentences_add_up),
        cmocka_unit_test(a_drawing_has_a_square_for_each_page),
    };
    return cmocka_run_group_tests_name("unit-picture", tests, NULL, NULL);
}
