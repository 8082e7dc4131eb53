/* map-result.c: the page maps in a result, as a picture. */
#include "harness/map.h"

#include <stdlib.h>
#include <string.h>

#include "harness/memory.h"
#include "harness/nearest.h"
#include "harness/result.h"

#define PAGE_SIZE 4096u

/* One area of the result: a region, or another mapping (page-areas.h). */
struct place {
    const char *key; /* borrowed */
    char *name;      /* of a mapping without its address */
    uint64_t start, pages;
    bool is_region;
};

struct places {
    struct place *items; /* in address order */
    size_t count;
};

/* What is drawn. */
struct view {
    const char *path;
    const json_t *result, *worker, *samples;
    int sample; /* the last that counts; -1: the end */
};

static void read_region(const json_t *regions, struct place *place)
{
    const json_t *region;
    size_t i;
    json_array_foreach((json_t *)regions, i, region)
    {
        const char *name = json_string_value(json_object_get(region, "name"));
        if (strcmp(name, place->key) != 0)
            continue;
        place->is_region = true;
        place->start =
            (uint64_t)json_integer_value(json_object_get(region, "start"));
        place->pages =
            ((uint64_t)json_integer_value(json_object_get(region, "end")) -
             place->start) /
            PAGE_SIZE;
    }
}

static struct place read_place(const json_t *regions, const char *key)
{
    struct place place = {.key = key, .pages = UINT64_MAX};
    const char *at = strrchr(key, '@');
    place.name =
        xasprintf("%.*s", (int)(at ? at - key : (int)strlen(key)), key);
    read_region(regions, &place);
    if (!place.is_region && at)
        place.start = strtoull(at + 1, NULL, 16);
    return place;
}

static int compare(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    return (a->start > b->start) - (a->start < b->start);
}

static struct places read_places(const struct view *view)
{
    const json_t *regions = json_object_get(view->result, "regions");
    json_t *maps =
        json_object_get(json_object_get(view->worker, "page_map"), "by_area");
    struct places places = {
        xcalloc(json_object_size(maps) + 1, sizeof *places.items), 0};
    const char *key;
    json_t *map;
    json_object_foreach(maps, key, map)
    {
        places.items[places.count++] = read_place(regions, key);
    }
    qsort(places.items, places.count, sizeof *places.items, compare);
    return places;
}

static void free_places(struct places *places)
{
    for (size_t i = 0; i < places->count; i++)
        free(places->items[i].name);
    free(places->items);
}

/* ---- Maps ---------------------------------------------------------------- */

static const char *text_of(const json_t *maps, const char *key)
{
    const char *text = json_string_value(json_object_get(maps, key));
    return text ? text : "";
}

static char apply(char before, char change)
{
    return change == '=' ? before : change;
}

/* A broken page is broken by what it is known to be broken by at the end. */
static char name_kind(char state, char end)
{
    return state == 'u' && page_kind_is_broken(end) ? end : state;
}

/* Takes the map over; NULL when one of the two is damaged, or it is NULL. */
static char *combine(char *map, struct page_map_reader with,
                     char (*combination)(char, char))
{
    char *combined =
        map ? page_map_combine(page_map_read(map), with, combination, '.')
            : NULL;
    free(map);
    return combined;
}

/* The map of an area at the moment that is drawn: what was inherited, and what
 * changed up to then.  NULL when it is damaged. */
static char *read_map(const struct view *view, const char *key)
{
    const char *end = text_of(
        json_object_get(json_object_get(view->worker, "page_map"), "by_area"),
        key);
    const json_t *inherited =
        json_object_get(json_object_get(view->result, "inherited"), "page_map");
    if (view->sample < 0)
        return xstrdup(end);
    char *map = xstrdup(text_of(inherited, key));
    for (int i = 0; i <= view->sample; i++) {
        const json_t *changes = json_object_get(
            json_array_get(view->samples, (size_t)i), "page_changes");
        map = combine(map, page_map_read_changes(text_of(changes, key)), apply);
    }
    return combine(map, page_map_read(end), name_kind);
}

/* ---- The picture --------------------------------------------------------- */

static enum exit_status add_place(struct picture *picture,
                                  const struct view *view,
                                  const struct place *place,
                                  struct error *error)
{
    char *map = read_map(view, place->key);
    int64_t pages = map ? page_map_pages(map) : -1;
    if (pages >= 0 && (uint64_t)pages <= place->pages) {
        picture_add(picture, place->name, place->start, map);
        return EXIT_OK;
    }
    free(map);
    error_set(error, "%s: the page map of %s %s is damaged", view->path,
              place->is_region ? "region" : "mapping", place->key);
    return EXIT_ENVIRONMENT;
}

static enum exit_status check_region(const struct places *places,
                                     const char *region, struct error *error)
{
    const char **names = xcalloc(places->count + 1, sizeof *names);
    for (size_t i = 0; i < places->count; i++)
        names[i] = places->items[i].name;
    int unknown =
        nearest_unknown("region", region, names, places->count, error);
    free(names);
    return unknown ? EXIT_USAGE : EXIT_OK;
}

/* Without a word of the user's, the heap; where the subject tells no regions of
 * it, all that there is. */
static enum exit_status add_places(struct picture *picture,
                                   const struct view *view, const char *region,
                                   struct error *error)
{
    struct places places = read_places(view);
    enum exit_status status =
        region ? check_region(&places, region, error) : EXIT_OK;
    bool have_regions = false;
    for (size_t i = 0; i < places.count; i++)
        have_regions |= places.items[i].is_region;
    for (size_t i = 0; status == EXIT_OK && i < places.count; i++) {
        const struct place *place = &places.items[i];
        if (region ? !strcmp(place->name, region)
                   : place->is_region || !have_regions)
            status = add_place(picture, view, place, error);
    }
    if (!have_regions)
        picture_note(picture, "The subject tells no regions of its heap: this "
                              "is all that its template held.");
    free_places(&places);
    return status;
}

static void note_contents(struct picture *picture, const json_t *result)
{
    const json_t *contents = json_object_get(
        json_object_get(json_object_get(result, "blame"), "sources"),
        "contents");
    const char *why = json_string_value(json_object_get(contents, "why"));
    if (!json_is_true(json_object_get(contents, "used")))
        picture_note(picture, "Which pages are free or pinned is not known: %s",
                     why ? why : "the result does not tell");
}

static const char *label_at(const json_t *result, const char *key)
{
    const char *label = json_string_value(json_object_get(
        json_object_get(json_object_get(result, "cell"), key), "label"));
    return label ? label : "?";
}

static void set_title(struct picture *picture, const struct view *view,
                      unsigned worker, const struct map_moment *moment)
{
    struct map_moment end = {
        MAP_REQUESTS,
        (uint64_t)json_integer_value(json_object_get(
            json_object_get(view->worker, "page_map"), "requests"))};
    char *words = map_moment_words(moment->kind == MAP_END ? &end : moment);
    picture->title = xasprintf("%s, %s, invocation %lld: worker %u %s",
                               label_at(view->result, "subject"),
                               label_at(view->result, "workload"),
                               (long long)json_integer_value(
                                   json_object_get(view->result, "invocation")),
                               worker, words);
    free(words);
}

static enum exit_status draw_worker(struct picture *picture, struct view *view,
                                    const struct map_wish *wish,
                                    struct error *error)
{
    const json_t *workers = json_object_get(view->result, "workers");
    view->worker = json_array_get(workers, wish->worker);
    view->samples = json_object_get(view->worker, "samples");
    view->sample = -1;
    if (!view->worker) {
        error_set(error, "%s: there is no worker %u, but %zu from 0 on",
                  view->path, wish->worker, json_array_size(workers));
        return EXIT_USAGE;
    }
    if (!json_is_object(json_object_get(view->worker, "page_map"))) {
        const char *why =
            json_string_value(json_object_get(view->worker, "page_map_why"));
        error_set(error,
                  "%s: no page map of worker %u%s%s: measure again with "
                  "`blame: true` in the experiment",
                  view->path, wish->worker, why ? ": " : "", why ? why : "");
        return EXIT_INVALID;
    }
    if (wish->moment.kind != MAP_END &&
        (view->sample = map_moment_find(&wish->moment, view->samples, error)) <
            0)
        return EXIT_USAGE;
    set_title(picture, view, wish->worker, &wish->moment);
    note_contents(picture, view->result);
    return add_places(picture, view, wish->region, error);
}

enum exit_status map_result(struct picture *picture, const char *path,
                            const struct map_wish *wish, struct error *error)
{
    json_t *result = result_read(path, error);
    if (!result)
        return EXIT_ENVIRONMENT;
    struct view view = {.path = path, .result = result};
    enum exit_status status = draw_worker(picture, &view, wish, error);
    json_decref(result);
    return status;
}
