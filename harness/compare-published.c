/* compare-published.c: see compare-published.h. */
#include "harness/compare-published.h"

#include <math.h>
#include <stdio.h>

#include "harness/comparand.h"
#include "harness/description.h"
#include "harness/interval-json.h"
#include "harness/published.h"

static double value_of(const void *context, const char *id, unsigned invocation,
                       enum measure measure)
{
    const struct comparand_cell *cell = comparand_find(context, id);
    for (size_t i = 0; cell && i < cell->count; i++)
        if (cell->items[i].number == invocation)
            return cell->items[i].outcome.measures[measure];
    return NAN;
}

static void print_json(const struct published_rows *rows)
{
    json_t *json =
        json_pack("{s:O, s:o, s:o}", "experiment",
                  json_object_get(rows->description, "name"), "intervals",
                  interval_method_json(), "published", published_json(rows));
    json_dumpf(json, stdout, JSON_INDENT(1));
    putchar('\n');
    json_decref(json);
}

static enum exit_status print(const struct comparand *results,
                              json_t *description, bool json)
{
    struct measured measured = {results, value_of};
    struct published_rows rows = published_open(description, &measured);
    enum exit_status status =
        published_complete(&rows) ? EXIT_OK : EXIT_INVALID;
    if (rows.count && json)
        print_json(&rows);
    else if (rows.count)
        published_print(&rows, stdout);
    else {
        fprintf(stderr,
                "cowlab: %s: its experiment names no published numbers: they "
                "stand under the key 'published' (cowlab show experiment)\n",
                results->path);
        status = EXIT_USAGE;
    }
    published_close(&rows);
    return status;
}

enum exit_status compare_published(const char *directory, bool json)
{
    struct comparand results = {0};
    struct error error = {""};
    enum exit_status status = EXIT_USAGE;
    json_t *description = description_read(directory, &error);
    if (!description && !*error.text)
        error_set(&error,
                  "%s: no " DESCRIPTION_FILE " in it: give the directory that "
                  "`cowlab run` wrote",
                  directory);
    if (!description || comparand_open(&results, directory, &error))
        fprintf(stderr, "cowlab: %s\n", error.text);
    else
        status = print(&results, description, json);
    comparand_close(&results);
    json_decref(description);
    return status;
}
