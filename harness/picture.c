/* picture.c: areas, cells and their colours; see picture.h. */
#include "harness/picture.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "harness/memory.h"

/* Takes the run of nothing off a map's end.  Returns how many pages are left.
 */
static uint64_t trim(char *map)
{
    struct page_map_reader reader = page_map_read(map);
    const char *end = map;
    uint64_t pages = 0;
    while (page_map_next(&reader) > 0)
        if (reader.letter != '.') {
            end = reader.at;
            pages = reader.pages;
        }
    map[end - map] = '\0';
    return pages;
}

int picture_add(struct picture *picture, const char *name, uint64_t start,
                char *map)
{
    if (page_map_pages(map) < 0) {
        free(map);
        return -1;
    }
    uint64_t pages = trim(map);
    if (!pages) {
        free(map);
        return 0;
    }
    picture->areas = xreallocarray(picture->areas, picture->area_count + 1,
                                   sizeof *picture->areas);
    picture->areas[picture->area_count++] =
        (struct picture_area){xstrdup(name), start, pages, map};
    return 0;
}

void picture_note(struct picture *picture, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    picture->notes = xreallocarray(picture->notes, picture->note_count + 1,
                                   sizeof *picture->notes);
    picture->notes[picture->note_count++] = xstrdup(text);
}

void picture_clear(struct picture *picture)
{
    for (size_t i = 0; i < picture->area_count; i++) {
        free(picture->areas[i].name);
        free(picture->areas[i].map);
    }
    for (size_t i = 0; i < picture->note_count; i++)
        free(picture->notes[i]);
    free(picture->areas);
    free(picture->notes);
    free(picture->title);
    *picture = (struct picture){0};
}

struct colour picture_colour(int kind)
{
    /* By index in page_kinds.  Strong ones are of Okabe and Ito. */
    static const struct colour colours[PAGE_MAP_KINDS] = {
        {0xd3, 0xd9, 0xde}, /* shared */
        {0xd5, 0xec, 0xcf}, /* free */
        {0xbb, 0xa8, 0xd6}, /* pinned */
        {0xb3, 0xa8, 0x8c}, /* swapped */
        {0xee, 0xee, 0xee}, /* gone */
        {0x9f, 0xd6, 0xf5}, /* new */
        {0x8f, 0xa6, 0xb8}, /* own */
        {0xff, 0xff, 0xff}, /* nothing */
        {0xd5, 0x5e, 0x00}, /* header */
        {0xcc, 0x79, 0xa7}, /* metadata */
        {0x00, 0x72, 0xb2}, /* reference */
        {0x00, 0x9e, 0x73}, /* payload */
        {0xe6, 0x9f, 0x00}, /* free memory */
        {0xf0, 0xe4, 0x42}, /* identical */
        {0x9b, 0x1c, 0x31}, /* unknown */
    };
    return colours[kind];
}

static struct picture_cell make_cell(const uint64_t counts[PAGE_MAP_KINDS])
{
    uint64_t red = 0, green = 0, blue = 0, pages = 0, most = 0;
    int kind = 0;
    for (int i = 0; i < PAGE_MAP_KINDS; i++) {
        struct colour colour = picture_colour(i);
        red += counts[i] * colour.red;
        green += counts[i] * colour.green;
        blue += counts[i] * colour.blue;
        pages += counts[i];
        if (counts[i] && counts[i] >= most) {
            most = counts[i];
            kind = i;
        }
    }
    return (struct picture_cell){page_kinds[kind].letter,
                                 {(unsigned char)(red / pages),
                                  (unsigned char)(green / pages),
                                  (unsigned char)(blue / pages)}};
}

struct picture_cell *picture_cells(const struct picture_area *area,
                                   uint64_t bucket, size_t *count)
{
    size_t size = (size_t)((area->pages + bucket - 1) / bucket);
    struct picture_cell *cells = xcalloc(size, sizeof *cells);
    struct page_map_reader reader = page_map_read(area->map);
    uint64_t left = 0; /* of the run */
    for (size_t i = 0; i < size; i++) {
        uint64_t counts[PAGE_MAP_KINDS] = {0};
        for (uint64_t room = bucket; room > 0;) {
            if (!left && page_map_next(&reader) <= 0)
                break;
            if (!left)
                left = reader.count;
            uint64_t part = left < room ? left : room;
            counts[page_kind_index(reader.letter)] += part;
            left -= part;
            room -= part;
        }
        cells[i] = make_cell(counts);
    }
    *count = size;
    return cells;
}

uint64_t picture_bucket(const struct picture *picture, uint64_t limit)
{
    uint64_t most = 0, bucket = 1;
    for (size_t i = 0; i < picture->area_count; i++)
        if (picture->areas[i].pages > most)
            most = picture->areas[i].pages;
    while ((most + bucket - 1) / bucket > limit)
        bucket *= 2;
    return bucket;
}

void picture_count(const struct picture_area *area,
                   uint64_t counts[PAGE_MAP_KINDS])
{
    struct page_map_reader reader = page_map_read(area->map);
    while (page_map_next(&reader) > 0)
        counts[page_kind_index(reader.letter)] += reader.count;
}

void picture_count_all(const struct picture *picture,
                       uint64_t counts[PAGE_MAP_KINDS])
{
    for (size_t i = 0; i < picture->area_count; i++)
        picture_count(&picture->areas[i], counts);
}

/* Appends ", COUNT NAME". */
static void put_count(FILE *stream, bool *first, uint64_t count,
                      const char *name)
{
    fprintf(stream, "%s%llu %s", *first ? "" : ", ", (unsigned long long)count,
            name);
    *first = false;
}

static bool in_group(int kind, const char *group)
{
    return page_kinds[kind].group && !strcmp(page_kinds[kind].group, group);
}

/* All pages of a group, and its kinds unless all are `plain`, of which nothing
 * more can be said. */
static void put_group(FILE *stream, bool *first,
                      const uint64_t counts[PAGE_MAP_KINDS], const char *group,
                      char plain)
{
    uint64_t pages = 0;
    bool first_kind = true;
    for (int i = 0; i < PAGE_MAP_KINDS; i++)
        pages += in_group(i, group) ? counts[i] : 0;
    if (!pages)
        return;
    put_count(stream, first, pages, group);
    if (counts[page_kind_index(plain)] == pages)
        return;
    fputs(" (", stream);
    for (int i = 0; i < PAGE_MAP_KINDS; i++)
        if (in_group(i, group) && strcmp(page_kinds[i].name, group) != 0 &&
            counts[i])
            put_count(stream, &first_kind, counts[i], page_kinds[i].name);
    fputc(')', stream);
}

char *picture_sentence(const uint64_t counts[PAGE_MAP_KINDS])
{
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    if (!stream)
        abort();
    uint64_t pages = 0;
    bool first = true;
    for (int i = 0; i < PAGE_MAP_KINDS; i++)
        pages += page_kinds[i].letter == '.' ? 0 : counts[i];
    fprintf(stream, "%llu page%s: ", (unsigned long long)pages,
            pages == 1 ? "" : "s");
    put_group(stream, &first, counts, "shared", 's');
    for (int i = 0; i < PAGE_MAP_KINDS; i++)
        if (!page_kinds[i].group && page_kinds[i].letter != '.' && counts[i])
            put_count(stream, &first, counts[i], page_kinds[i].name);
    put_group(stream, &first, counts, "broken", 'u');
    fclose(stream);
    return text;
}

char *picture_kind_words(int kind)
{
    const char *name = page_kinds[kind].name, *group = page_kinds[kind].group;
    return group && strcmp(group, name) != 0 ? xasprintf("%s: %s", group, name)
                                             : xstrdup(name);
}

char *picture_scale(uint64_t bucket)
{
    if (bucket == 1)
        return xstrdup("a cell is a page of 4 KiB");
    return xasprintf("a cell is %llu pages of 4 KiB",
                     (unsigned long long)bucket);
}
