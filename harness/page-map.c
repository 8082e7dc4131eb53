/* page-map.c: runs of letters and counts; see page-map.h. */
#include "harness/page-map.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/memory.h"

/* More than any address space has. */
#define PAGES_MAX (UINT64_C(1) << 52)

const struct page_kind page_kinds[PAGE_MAP_KINDS] = {
    {'s', "shared", "shared"},
    {'e', "free", "shared"},
    {'k', "pinned", "shared"},
    {'w', "swapped", NULL},
    {'g', "gone", NULL},
    {'n', "new", NULL},
    {'o', "own", NULL},
    {'.', "nothing", NULL},
    {'h', "header", "broken"},
    {'m', "metadata", "broken"},
    {'r', "reference", "broken"},
    {'p', "payload", "broken"},
    {'f', "free memory", "broken"},
    {'i', "identical", "broken"},
    {'u', "unknown", "broken"},
};

int page_kind_index(char letter)
{
    for (int i = 0; i < PAGE_MAP_KINDS; i++)
        if (page_kinds[i].letter == letter)
            return i;
    return -1;
}

bool page_kind_is_broken(char letter)
{
    int kind = page_kind_index(letter);
    return kind >= 0 && page_kinds[kind].group &&
           !strcmp(page_kinds[kind].group, "broken");
}

char page_kind_of(const char *kind, const char *placement)
{
    if (!strcmp(kind, "none") || !strcmp(placement, "process"))
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

struct page_map_reader page_map_read_changes(const char *text)
{
    return (struct page_map_reader){.at = text, .of_changes = true};
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
    bool known =
        page_kind_index(letter) >= 0 || (reader->of_changes && letter == '=');
    if (!known || letter == reader->letter)
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

/* Reads on when the run is used up; at the end of the map follows nothing. */
static int have_pages(struct page_map_reader *reader, uint64_t *left)
{
    int more = *left ? 1 : page_map_next(reader);
    if (more > 0 && !*left)
        *left = reader->count;
    if (more == 0)
        reader->letter = reader->of_changes ? '=' : '.';
    return more;
}

char *page_map_combine(struct page_map_reader first,
                       struct page_map_reader second,
                       char (*combine)(char first, char second), char nothing)
{
    struct page_map map = {0};
    uint64_t left = 0, right = 0; /* of the runs that were read last */
    int more, others;
    for (;;) {
        more = have_pages(&first, &left);
        others = have_pages(&second, &right);
        if (more < 0 || others < 0 || (!more && !others))
            break;
        uint64_t count = !others || (more && left < right) ? left : right;
        page_map_add(&map, combine(first.letter, second.letter), count);
        left -= more ? count : 0;
        right -= others ? count : 0;
    }
    if (map.letter == nothing)
        map.count = 0;
    char *text = page_map_take(&map);
    if (more >= 0 && others >= 0)
        return text;
    free(text);
    return NULL;
}
