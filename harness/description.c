/* description.c: see description.h. */
#include "harness/description.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/cell-json.h"
#include "harness/memory.h"
#include "harness/result.h"

enum { SCHEMA = 1, LINES_MAX = 12 };

static json_t *left_out_json(const struct experiment *experiment)
{
    json_t *array = json_array();
    for (size_t i = 0; i < experiment->left_out_count; i++)
        json_array_append_new(array,
                              json_pack("{s:s, s:s}", "subject",
                                        experiment->left_out[i].subject, "why",
                                        experiment->left_out[i].why));
    return array;
}

json_t *description_json(const struct experiment *experiment)
{
    return json_pack(
        "{s:i, s:s, s:s, s:s, s:s, s:I, s:i, s:o, s:o, s:o, s:O}", "schema",
        SCHEMA, "name", experiment->name, "about", experiment->about, "path",
        experiment->path, "hash", experiment->hash, "seed",
        (json_int_t)experiment->seed, "invocations",
        (int)experiment->invocations, "counters",
        cell_words(experiment->counters, experiment->counter_count), "cells",
        cells_json(experiment), "left_out", left_out_json(experiment),
        "published", experiment->published);
}

/* Whether everything is there that its readers take for granted. */
static bool is_whole(json_t *json)
{
    const char *name;
    json_int_t seed;
    int schema, invocations;
    json_t *cells, *left_out, *cell;
    size_t i;
    if (json_unpack(json, "{s:i, s:s, s:I, s:i, s:o, s:o}", "schema", &schema,
                    "name", &name, "seed", &seed, "invocations", &invocations,
                    "cells", &cells, "left_out", &left_out) < 0 ||
        schema != SCHEMA || invocations < 1 || invocations > 1000 ||
        !json_is_array(left_out))
        return false;
    json_array_foreach(cells, i, cell)
    {
        const char *text;
        int workers;
        if (json_unpack(cell, "{s:s, s:{s:s, s:s}, s:{s:s}, s:i}", "id", &text,
                        "subject", "name", &text, "label", &text, "workload",
                        "label", &text, "workers", &workers) < 0)
            return false;
    }
    return json_array_size(cells) > 0;
}

json_t *description_read(const char *directory, struct error *error)
{
    char *path = xasprintf("%s/" DESCRIPTION_FILE, directory);
    json_error_t cause;
    json_t *json = NULL;
    error->text[0] = '\0';
    if (access(path, F_OK) == 0) {
        json = json_load_file(path, JSON_REJECT_DUPLICATES, &cause);
        if (!json)
            error_set(error, "%s:%d:%d: %s", path, cause.line, cause.column,
                      cause.text);
        else if (!is_whole(json)) {
            error_set(error,
                      "%s: not the description of an experiment; move the "
                      "directory away",
                      path);
            json_decref(json);
            json = NULL;
        }
    }
    free(path);
    return json;
}

int description_write(const char *directory, const json_t *description,
                      struct error *error)
{
    return result_write(directory, DESCRIPTION_FILE, description, error);
}

/* Differences: lines, each with the number of cells that it is about. */

struct lines {
    char **items;
    unsigned *cells;
    size_t count;
};

/* Takes over the line. */
static void add_line(struct lines *lines, char *line)
{
    for (size_t i = 0; i < lines->count; i++)
        if (!strcmp(lines->items[i], line)) {
            lines->cells[i]++;
            free(line);
            return;
        }
    lines->items =
        xreallocarray(lines->items, lines->count + 1, sizeof *lines->items);
    lines->cells =
        xreallocarray(lines->cells, lines->count + 1, sizeof *lines->cells);
    lines->cells[lines->count] = 1;
    lines->items[lines->count++] = line;
}

static char *shown(const json_t *value)
{
    return value ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT)
                 : xstrdup("nothing");
}

static void add_change(struct lines *lines, const char *key,
                       const json_t *theirs, const json_t *ours)
{
    char *before = shown(theirs), *now = shown(ours);
    add_line(lines, xasprintf("%s: %s, now %s", key, before, now));
    free(before);
    free(now);
}

/* Two objects, key by key; `prefix` is the path to them. */
static void compare_objects(struct lines *lines, const char *prefix,
                            json_t *theirs, json_t *ours)
{
    json_t *all = json_object(), *value;
    const char *key;
    json_object_update(all, theirs);
    json_object_update(all, ours);
    json_object_foreach(all, key, value)
    {
        json_t *before = json_object_get(theirs, key),
               *now = json_object_get(ours, key);
        char *path = xasprintf("%s%s%s", prefix, *prefix ? "." : "", key);
        if (json_is_object(before) && json_is_object(now))
            compare_objects(lines, path, before, now);
        else if (!json_equal(before, now) && strcmp(key, "id"))
            add_change(lines, path, before, now);
        free(path);
    }
    json_decref(all);
}

static const char *label_of(const json_t *cell, const char *factor)
{
    return json_string_value(
        json_object_get(json_object_get(cell, factor), "label"));
}

/* Whether two cells have one place in the matrix. */
static bool same_place(const json_t *left, const json_t *right)
{
    return !strcmp(label_of(left, "subject"), label_of(right, "subject")) &&
           !strcmp(label_of(left, "workload"), label_of(right, "workload")) &&
           json_equal(json_object_get(left, "workers"),
                      json_object_get(right, "workers"));
}

static json_t *find_place(const json_t *cells, const json_t *cell)
{
    json_t *other;
    size_t i;
    json_array_foreach(cells, i,
                       other) if (same_place(cell, other)) return other;
    return NULL;
}

/* Whether a description leaves out what the cell is of. */
static bool leaves_out(const json_t *description, const json_t *cell)
{
    const json_t *left_out = json_object_get(description, "left_out"), *item;
    const char *name = json_string_value(
        json_object_get(json_object_get(cell, "subject"), "name"));
    size_t i;
    json_array_foreach(left_out, i, item)
    {
        const char *subject =
            json_string_value(json_object_get(item, "subject"));
        if (subject && (!strcmp(subject, label_of(cell, "subject")) ||
                        !strcmp(subject, name)))
            return true;
    }
    return false;
}

/* The cells of the one that the other lacks. */
static void add_lone_cells(struct lines *lines, const json_t *description,
                           const json_t *other, const char *what)
{
    const json_t *cells = json_object_get(description, "cells");
    const json_t *others = json_object_get(other, "cells"), *cell;
    size_t i;
    json_array_foreach(cells, i, cell)
    {
        if (find_place(others, cell) || leaves_out(other, cell))
            continue;
        add_line(lines, xasprintf("%s: %s, %s, %d workers", what,
                                  label_of(cell, "subject"),
                                  label_of(cell, "workload"),
                                  (int)json_integer_value(
                                      json_object_get(cell, "workers"))));
    }
}

static char *lines_text(struct lines *lines)
{
    char *text = NULL;
    for (size_t i = 0; i < lines->count; i++) {
        char *count = lines->cells[i] > 1
                          ? xasprintf(" (%u cells)", lines->cells[i])
                          : xstrdup("");
        char *longer = i < LINES_MAX ? xasprintf("%s  %s%s\n", text ? text : "",
                                                 lines->items[i], count)
                                     : xstrdup(text);
        free(count);
        free(text);
        free(lines->items[i]);
        text = longer;
    }
    if (lines->count > LINES_MAX) {
        char *longer =
            xasprintf("%s  and %zu more\n", text, lines->count - LINES_MAX);
        free(text);
        text = longer;
    }
    free(lines->items);
    free(lines->cells);
    return text;
}

char *description_difference(const json_t *theirs, const json_t *ours)
{
    static const char *const keys[] = {"name", "seed", "counters"};
    struct lines lines = {0};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const json_t *before = json_object_get(theirs, keys[i]);
        const json_t *now = json_object_get(ours, keys[i]);
        if (!json_equal(before, now))
            add_change(&lines, keys[i], before, now);
    }
    json_t *cell;
    size_t i;
    json_array_foreach(json_object_get(ours, "cells"), i, cell)
    {
        json_t *before = find_place(json_object_get(theirs, "cells"), cell);
        if (before)
            compare_objects(&lines, "", before, cell);
    }
    add_lone_cells(&lines, theirs, ours, "no longer there");
    add_lone_cells(&lines, ours, theirs, "not there before");
    return lines_text(&lines);
}
