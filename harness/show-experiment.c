/* show-experiment.c: an experiment as it is in force; see show.h. */
#include "harness/show.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cell-json.h"
#include "harness/experiment-path.h"
#include "harness/experiment.h"
#include "harness/keys.h"
#include "harness/layers.h"
#include "harness/memory.h"
#include "harness/node-text.h"
#include "harness/table.h"

struct shown {
    struct experiment experiment;
    struct layers layers;
    json_t *cells;
};

/* The groups whose keys stand at the top of a file. */
enum { TOP_GROUPS = 2 };

/* A key's value in force: of the file or the command line, else the default,
 * which is then a text of its own, to be closed. */
static struct node find_value(const struct shown *shown, const struct key *key,
                              struct yaml **own)
{
    struct node node = layers_find(&shown->layers, key->name);
    struct error error;
    *own = NULL;
    return node_present(node) ||
                   yaml_open_text("default", key->value, own, &error)
               ? node
               : yaml_root(*own);
}

static void add_key(struct table *table, const struct shown *shown,
                    const struct key *key)
{
    struct yaml *own;
    struct node node = find_value(shown, key, &own);
    char *place = node_place(node), *value = node_line(node);
    table_add(table, key->name);
    table_add(table, place);
    table_add(table, *key->unit ? key->unit : "-");
    table_add(table, value);
    free(place);
    free(value);
    yaml_close(own);
}

static void print_keys(const struct shown *shown)
{
    static const char *const headers[] = {"key", "from", "unit", "value"};
    struct table *table = table_new("llll");
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        table_add(table, headers[i]);
    for (size_t i = 0; i < TOP_GROUPS; i++)
        for (size_t k = 0; k < key_groups[i].count; k++)
            if (strcmp(key_groups[i].keys[k].name, "matrix"))
                add_key(table, shown, &key_groups[i].keys[k]);
    table_print(table, stdout);
    table_free(table);
}

/* The label of a factor of a cell, or the number of workers. */
static char *level_of(const json_t *cell, const char *factor)
{
    const json_t *value = json_object_get(cell, factor);
    return json_is_integer(value)
               ? xasprintf("%lld", (long long)json_integer_value(value))
               : xstrdup(json_string_value(json_object_get(value, "label")));
}

/* What a factor takes in the cells, each once, in their order. */
static json_t *levels(const struct shown *shown, const char *factor)
{
    json_t *levels = json_object(), *cell;
    size_t i;
    json_array_foreach(shown->cells, i, cell)
    {
        char *level = level_of(cell, factor);
        json_object_set_new(levels, level, json_null());
        free(level);
    }
    return levels;
}

static void print_factors(const struct shown *shown)
{
    static const char *const factors[] = {"subject", "workload", "workers"};
    for (size_t i = 0; i < sizeof factors / sizeof *factors; i++) {
        json_t *all = levels(shown, factors[i]), *none;
        const char *level, *comma = "";
        printf("  %s: ", factors[i]);
        json_object_foreach(all, level, none)
        {
            printf("%s%s", comma, level);
            comma = "; ";
        }
        putchar('\n');
        json_decref(all);
    }
}

static void print_cells(const struct shown *shown)
{
    static const char *const headers[] = {"subject", "workload", "workers",
                                          "cell"};
    struct table *table = table_new("llrl");
    json_t *cell;
    size_t i;
    for (i = 0; i < sizeof headers / sizeof *headers; i++)
        table_add(table, headers[i]);
    json_array_foreach(shown->cells, i, cell)
    {
        for (size_t k = 0; k < 3; k++) {
            char *level = level_of(cell, headers[k]);
            table_add(table, level);
            free(level);
        }
        table_add(table, json_string_value(json_object_get(cell, "id")));
    }
    table_print(table, stdout);
    table_free(table);
}

static void print_shown(const struct shown *shown)
{
    const struct experiment *experiment = &shown->experiment;
    printf("Experiment %s: %s\n", experiment->name, experiment->about);
    print_keys(shown);
    puts("\nMatrix:");
    print_factors(shown);
    printf("\n%zu cells, %u invocations of each, %zu in all:\n",
           experiment->cell_count, experiment->invocations,
           experiment->cell_count * experiment->invocations);
    print_cells(shown);
    for (size_t i = 0; i < experiment->excluded_count; i++)
        printf("Excluded: %s: %zu cells.\n", experiment->excluded[i].selection,
               experiment->excluded[i].cells);
    for (size_t i = 0; i < experiment->left_out_count; i++)
        printf("Left out: %s: %s.\n", experiment->left_out[i].subject,
               experiment->left_out[i].why);
}

/* As JSON. */

static json_t *key_json(const struct shown *shown, const struct key *key)
{
    struct yaml *own;
    struct node node = find_value(shown, key, &own);
    char *place = node_place(node);
    json_t *json =
        json_pack("{s:s, s:s, s:o, s:o}", "name", key->name, "from", place,
                  "unit", *key->unit ? json_string(key->unit) : json_null(),
                  "value", node_json(node));
    free(place);
    yaml_close(own);
    return json;
}

static void print_json(const struct shown *shown)
{
    const struct experiment *experiment = &shown->experiment;
    json_t *keys = json_array(), *left_out = json_array(),
           *excluded = json_array();
    for (size_t i = 0; i < TOP_GROUPS; i++)
        for (size_t k = 0; k < key_groups[i].count; k++)
            json_array_append_new(keys,
                                  key_json(shown, &key_groups[i].keys[k]));
    for (size_t i = 0; i < experiment->left_out_count; i++)
        json_array_append_new(left_out,
                              json_pack("{s:s, s:s}", "subject",
                                        experiment->left_out[i].subject, "why",
                                        experiment->left_out[i].why));
    for (size_t i = 0; i < experiment->excluded_count; i++)
        json_array_append_new(
            excluded, json_pack("{s:s, s:I}", "selection",
                                experiment->excluded[i].selection, "cells",
                                (json_int_t)experiment->excluded[i].cells));
    json_t *json = json_pack(
        "{s:s, s:s, s:s, s:s, s:o, s:O, s:i, s:o, s:o}", "name",
        experiment->name, "about", experiment->about, "path", experiment->path,
        "hash", experiment->hash, "keys", keys, "cells", shown->cells,
        "invocations", (int)experiment->invocations, "left_out", left_out,
        "excluded", excluded);
    json_dumpf(json, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(json);
}

enum exit_status show_experiment(struct catalogue *catalogue, const char *name,
                                 char *const *changes, bool json)
{
    struct shown shown = {0};
    struct error error;
    char *path = experiment_path(name, &error);
    int status = path ? experiment_open(&shown.experiment, path, changes,
                                        catalogue, &error)
                      : -1;
    if (!path)
        fprintf(stderr, "cowlab: %s\n", error.text);
    else if (status || layers_open(&shown.layers, path, changes, &error)) {
        fprintf(stderr, "%s\n", error.text);
        status = -1;
    } else {
        shown.cells = cells_json(&shown.experiment);
        if (json)
            print_json(&shown);
        else
            print_shown(&shown);
        json_decref(shown.cells);
    }
    layers_close(&shown.layers);
    if (path)
        experiment_close(&shown.experiment);
    free(path);
    return status ? EXIT_USAGE : EXIT_OK;
}
