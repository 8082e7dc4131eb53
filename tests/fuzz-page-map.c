/* fuzz-page-map.c: a page map and one of changes, as `cowlab map` reads them
 * out of a result. */
#include "harness/memory.h"
#include "harness/picture.h"
#include "tests/fuzz.h"

#include <stdlib.h>
#include <string.h>

/* Draws what could be read. */
static void draw(const char *text)
{
    struct picture picture = {0};
    uint64_t counts[PAGE_MAP_KINDS] = {0}, pages = 0;
    size_t count;

    FUZZ_REQUIRE(picture_add(&picture, "fuzz", 0, xstrdup(text)) == 0);
    picture_count_all(&picture, counts);
    for (int i = 0; i < PAGE_MAP_KINDS; i++)
        pages += counts[i];
    FUZZ_REQUIRE(pages == (picture.area_count ? picture.areas[0].pages : 0));
    if (picture.area_count) {
        uint64_t bucket = picture_bucket(&picture, 1024);
        free(picture_cells(&picture.areas[0], bucket, &count));
        FUZZ_REQUIRE(count > 0 && count <= 1024);
    }
    picture_clear(&picture);
}

static char later(char before, char change)
{
    return change == '=' ? before : change;
}

/* Made on a map of which there is more, and on none. */
static void change(const char *text)
{
    char *changed = page_map_combine(page_map_read("s40.2es7"),
                                     page_map_read_changes(text), later, '.');
    char *made = page_map_combine(page_map_read(""),
                                  page_map_read_changes(text), later, '.');
    FUZZ_REQUIRE(!changed == !made);
    FUZZ_REQUIRE(!changed || page_map_pages(changed) >= 0);
    FUZZ_REQUIRE(!made || page_map_pages(made) >= 0);
    free(changed);
    free(made);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = fuzz_text(bytes, size);
    struct page_map_reader reader = page_map_read(text);
    struct page_map map = {0};
    int more;

    change(text);
    while ((more = page_map_next(&reader)) > 0)
        page_map_add(&map, reader.letter, reader.count);
    char *again = page_map_take(&map);
    FUZZ_REQUIRE((page_map_pages(text) < 0) == (more < 0));
    if (more == 0) {
        FUZZ_REQUIRE(!strcmp(again, text));
        draw(text);
    }
    free(again);
    free(text);
    return 0;
}
