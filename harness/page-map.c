/* page-map.c: runs of letters and counts; see page-map.h. */
#include "harness/page-map.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "harness/memory.h"

/* More than any address space has. */
#define PAGES_MAX (UINT64_C(1) << 52)

const struct page_kind page_kinds[PAGE_MAP_KINDS] = {
    {'s', "shared", false},     {'w', "swapped", false},
    {'g', "gone", false},       {'n', "new", false},
    {'o', "own", false},        {'.', "nothing", false},
    {'h', "header", true},      {'m', "metadata", true},
    {'r', "reference", true},   {'p', "payload", true},
    {'f', "free memory", true}, {'i', "identical", true},
    {'u', "unknown", true},
};

int page_kind_index(char letter)
{
    for (int i = 0; i < PAGE_MAP_KINDS; i++)
        if (page_kinds[i].letter == letter)
            return i;
    return -1;
}

char page_kind_of(const char *kind, const char *placement)
{
    if (!strcmp(kind, "none"))
        return 'u';
    if (!strcmp(placement, "header"))
        return 'h';
    if (strcmp(placement, "body"))
        return 'm';
    if (!strcmp(kind, "reference"))
        return 'r';
    if (!strcmp(kind, "free") || !strcmp(kind, "unused"))
        return 'f';
    return !strcmp(kind, "payload") ? 'p' : 'u';
}

static void put_run(struct page_map *map)
{
    char run[32];
    if (!map->count)
        return;
    int length = map->count == 1
                     ? snprintf(run, sizeof run, "%c", map->letter)
                     : snprintf(run, sizeof run, "%c%llu", map->letter,
                                (unsigned long long)map->count);
    if (map->length + (size_t)length >= map->capacity) {
        map->capacity = 2 * map->capacity + sizeof run;
        map->text = xrealloc(map->text, map->capacity);
    }
    memcpy(map->text + map->length, run, (size_t)length + 1);
    map->length += (size_t)length;
}

void page_map_add(struct page_map *map, char letter, uint64_t count)
{
    if (count && letter != map->letter) {
        put_run(map);
        map->letter = letter;
        map->count = 0;
    }
    map->count += count;
}

char *page_map_take(struct page_map *map)
{
    put_run(map);
    char *text = map->text ? map->text : xstrdup("");
    *map = (struct page_map){0};
    return text;
}

struct page_map_reader page_map_read(const char *text)
{
    return (struct page_map_reader){.at = text};
}

/* Takes the digits at `*at`: 1 when there are none, 0 when they are no count.
 */
static uint64_t take_count(const char **at)
{
    const char *digits = *at;
    uint64_t count = 0;
    while (isdigit((unsigned char)**at) && count <= PAGES_MAX)
        count = 10 * count + (uint64_t)(*(*at)++ - '0');
    if (*at == digits)
        return 1;
    return *digits == '0' || count == 1 || count > PAGES_MAX ? 0 : count;
}

int page_map_next(struct page_map_reader *reader)
{
    char letter = *reader->at;
    if (!letter)
        return 0;
    if (page_kind_index(letter) < 0 || letter == reader->letter)
        return -1;
    reader->at++;
    reader->letter = letter;
    reader->count = take_count(&reader->at);
    if (!reader->count || reader->count > PAGES_MAX - reader->pages)
        return -1;
    reader->pages += reader->count;
    return 1;
}

int64_t page_map_pages(const char *text)
{
    struct page_map_reader reader = page_map_read(text);
    int more;
    while ((more = page_map_next(&reader)) > 0)
        ;
    return more < 0 ? -1 : (int64_t)reader.pages;
}
