/* map-result.c: the page maps in a result, as a picture. */
#include "harness/map.h"

#include <stdlib.h>
#include <string.h>

#include "harness/memory.h"
#include "harness/nearest.h"
#include "harness/result.h"

#define PAGE_SIZE 4096u

/* The name of the i-th region, or "". */
static const char *region_name(const json_t *regions, size_t i)
{
    const char *name =
        json_string_value(json_object_get(json_array_get(regions, i), "name"));
    return name ? name : "";
}

static enum exit_status check_region(const json_t *regions, const char *region,
                                     struct error *error)
{
    size_t count = json_array_size(regions);
    const char **names = xcalloc(count + 1, sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = region_name(regions, i);
    int unknown = nearest_unknown("region", region, names, count, error);
    free(names);
    return unknown ? EXIT_USAGE : EXIT_OK;
}

static enum exit_status add_region(struct picture *picture, const char *path,
                                   const json_t *region, const char *map,
                                   struct error *error)
{
    const char *name = json_string_value(json_object_get(region, "name"));
    json_int_t start = json_integer_value(json_object_get(region, "start"));
    json_int_t end = json_integer_value(json_object_get(region, "end"));
    if (page_map_pages(map) > (end - start) / PAGE_SIZE ||
        picture_add(picture, name, (uint64_t)start, xstrdup(map)) < 0) {
        error_set(error, "%s: the page map of region %s is damaged", path,
                  name);
        return EXIT_ENVIRONMENT;
    }
    return EXIT_OK;
}

static enum exit_status add_regions(struct picture *picture, const char *path,
                                    const json_t *regions, const json_t *maps,
                                    const char *wanted, struct error *error)
{
    enum exit_status status = EXIT_OK;
    for (size_t i = 0; status == EXIT_OK && i < json_array_size(regions); i++) {
        const char *name = region_name(regions, i);
        const char *map = json_string_value(json_object_get(maps, name));
        if (map && (!wanted || !strcmp(name, wanted)))
            status = add_region(picture, path, json_array_get(regions, i), map,
                                error);
    }
    return status;
}

static const char *label_at(const json_t *result, const char *key)
{
    const char *label = json_string_value(json_object_get(
        json_object_get(json_object_get(result, "cell"), key), "label"));
    return label ? label : "?";
}

static void set_title(struct picture *picture, const json_t *result,
                      unsigned worker, const json_t *page_map)
{
    picture->title = xasprintf(
        "%s, %s, invocation %lld: worker %u after %lld requests",
        label_at(result, "subject"), label_at(result, "workload"),
        (long long)json_integer_value(json_object_get(result, "invocation")),
        worker,
        (long long)json_integer_value(json_object_get(page_map, "requests")));
}

static enum exit_status draw_worker(struct picture *picture, const char *path,
                                    const json_t *result, unsigned worker,
                                    const char *region, struct error *error)
{
    const json_t *regions = json_object_get(result, "regions");
    const json_t *workers = json_object_get(result, "workers");
    const json_t *its = json_array_get(workers, worker);
    const json_t *page_map = json_object_get(its, "page_map");
    const char *why = json_string_value(json_object_get(its, "page_map_why"));
    if (!its) {
        error_set(error, "%s: there is no worker %u, but %zu from 0 on", path,
                  worker, json_array_size(workers));
        return EXIT_USAGE;
    }
    if (!json_is_object(page_map)) {
        error_set(error,
                  "%s: no page map of worker %u%s%s: measure again with "
                  "`blame: true` in the experiment",
                  path, worker, why ? ": " : "", why ? why : "");
        return EXIT_INVALID;
    }
    if (region && check_region(regions, region, error) != EXIT_OK)
        return EXIT_USAGE;
    set_title(picture, result, worker, page_map);
    return add_regions(picture, path, regions,
                       json_object_get(page_map, "by_region"), region, error);
}

enum exit_status map_result(struct picture *picture, const char *path,
                            unsigned worker, const char *region,
                            struct error *error)
{
    json_t *result = result_read(path, error);
    if (!result)
        return EXIT_ENVIRONMENT;
    enum exit_status status =
        draw_worker(picture, path, result, worker, region, error);
    json_decref(result);
    return status;
}
