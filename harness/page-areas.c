/* page-areas.c: see page-areas.h. */
#include "harness/page-areas.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/memory.h"
#include "harness/page-map.h"
#include "smaps/maps.h"

/* One drawing, which goes through the areas with the addresses. */
struct drawing {
    const struct page_areas *areas;
    struct page_map *maps;
    uint64_t *ends; /* how far each is drawn: an address */
    size_t area;
    page_letter *letter;
    void *context;
};

static void add_area(struct page_areas *areas, char *key, uint64_t start,
                     uint64_t end)
{
    areas->items =
        xreallocarray(areas->items, areas->count + 1, sizeof *areas->items);
    areas->items[areas->count++] =
        (struct page_area){.key = key, .start = start, .end = end};
}

static char *key_of(const struct mapping *mapping, uint64_t start)
{
    const char *slash = strrchr(mapping->name, '/');
    const char *name = slash            ? slash + 1
                       : *mapping->name ? mapping->name
                                        : "anonymous";
    return xasprintf("%s@%llx", name, (unsigned long long)start);
}

/* Adds a stretch of a mapping, to the area before if it goes on there: a file
 * is mapped in pieces, each with its permissions. */
static void add_stretch(struct page_areas *areas, const struct mapping *mapping,
                        uint64_t start, uint64_t end)
{
    struct page_area *last =
        areas->count ? &areas->items[areas->count - 1] : NULL;
    char *key = key_of(mapping, start);
    size_t length = strcspn(key, "@");
    if (last && last->end == start && *mapping->name &&
        !strncmp(last->key, key, length) && last->key[length] == '@') {
        last->end = end;
        free(key);
    } else {
        add_area(areas, key, start, end);
    }
}

/* The parts of a mapping that lie in no region. */
static void add_mapping(struct page_areas *areas, const struct mapping *mapping,
                        const struct region *regions, size_t count)
{
    uint64_t start = mapping->start;
    for (size_t i = 0; i < count && start < mapping->end; i++) {
        if (regions[i].end <= start || regions[i].start >= mapping->end)
            continue;
        if (regions[i].start > start)
            add_stretch(areas, mapping, start, regions[i].start);
        start = regions[i].end;
    }
    if (start < mapping->end)
        add_stretch(areas, mapping, start, mapping->end);
}

static int compare(const void *left, const void *right)
{
    const struct page_area *a = left, *b = right;
    return (a->start > b->start) - (a->start < b->start);
}

static void drop(struct page_area *area)
{
    free(area->key);
    free(area->inherited);
}

static char inherited_letter(uint64_t address, enum page_fate fate,
                             const struct page_entries *entries, void *context)
{
    (void)address, (void)fate, (void)context;
    return entries->inherited ? 's' : '.';
}

/* Draws what was inherited, and drops the areas where nothing was, unless they
 * are regions. */
static int draw_inherited(struct page_areas *areas, pid_t template_pid,
                          const struct ledger *ledger)
{
    char **maps;
    size_t kept = 0;
    int status = page_areas_draw(areas, ledger, template_pid, inherited_letter,
                                 NULL, &maps);
    if (status < 0)
        return status;
    for (size_t i = 0; i < areas->count; i++) {
        struct page_area *area = &areas->items[i];
        area->inherited = maps[i];
        if (*maps[i] || !strchr(area->key, '@'))
            areas->items[kept++] = *area;
        else
            drop(area);
    }
    areas->count = kept;
    free(maps);
    return 0;
}

int page_areas_open(struct page_areas *areas, pid_t template_pid,
                    const struct region *regions, size_t region_count,
                    const struct ledger *ledger)
{
    struct mappings mappings;
    int status = mappings_read(template_pid, &mappings);
    if (status < 0)
        return status;
    for (size_t i = 0; i < region_count; i++)
        add_area(areas, xstrdup(regions[i].name), regions[i].start,
                 regions[i].end);
    for (size_t i = 0; i < mappings.count; i++)
        if (!mappings.items[i].shared)
            add_mapping(areas, &mappings.items[i], regions, region_count);
    mappings_free(&mappings);
    if (areas->count)
        qsort(areas->items, areas->count, sizeof *areas->items, compare);
    return draw_inherited(areas, template_pid, ledger);
}

void page_areas_close(struct page_areas *areas)
{
    for (size_t i = 0; i < areas->count; i++)
        drop(&areas->items[i]);
    free(areas->items);
    *areas = (struct page_areas){0};
}

char page_areas_letter(enum page_fate fate)
{
    static const char letters[FATE_COUNT] = {
        [FATE_NONE] = '.',    [FATE_SHARED] = 's', [FATE_BROKEN] = 'u',
        [FATE_SWAPPED] = 'w', [FATE_GONE] = 'g',   [FATE_NEW] = 'n',
    };
    return letters[fate];
}

/* A ledger_visitor; pages come in address order, as the areas are. */
static int draw(uint64_t address, enum page_fate fate,
                const struct page_entries *entries, void *context)
{
    struct drawing *drawing = context;
    const struct page_areas *areas = drawing->areas;
    while (drawing->area < areas->count &&
           address >= areas->items[drawing->area].end)
        drawing->area++;
    if (drawing->area == areas->count ||
        address < areas->items[drawing->area].start)
        return 0;
    uint64_t *end = &drawing->ends[drawing->area];
    struct page_map *map = &drawing->maps[drawing->area];
    char letter = drawing->letter(address, fate, entries, drawing->context);
    if (letter == '.')
        return 0;
    page_map_add(map, '.', (address - *end) / PAGEMAP_PAGE_SIZE);
    page_map_add(map, letter, 1);
    *end = address + PAGEMAP_PAGE_SIZE;
    return 0;
}

int page_areas_draw(const struct page_areas *areas, const struct ledger *ledger,
                    pid_t pid, page_letter *letter, void *context, char ***maps)
{
    struct drawing drawing = {
        .areas = areas,
        .maps = xcalloc(areas->count + 1, sizeof *drawing.maps),
        .ends = xcalloc(areas->count + 1, sizeof *drawing.ends),
        .letter = letter,
        .context = context,
    };
    for (size_t i = 0; i < areas->count; i++)
        drawing.ends[i] = areas->items[i].start;
    int status = ledger_visit(ledger, pid, draw, &drawing);
    *maps = xcalloc(areas->count + 1, sizeof **maps);
    for (size_t i = 0; i < areas->count; i++)
        (*maps)[i] = page_map_take(&drawing.maps[i]);
    if (status < 0) {
        for (size_t i = 0; i < areas->count; i++)
            free((*maps)[i]);
        free(*maps);
        *maps = NULL;
    }
    free(drawing.maps);
    free(drawing.ends);
    return status;
}
