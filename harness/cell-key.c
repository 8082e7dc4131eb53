/* cell-key.c: the keys of a cell filter; see cell-key.h. */
#include "harness/cell-key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/memory.h"

#define ARRIVALS "arrivals"

static void add_number(json_t *texts, json_int_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%" JSON_INTEGER_FORMAT, number);
    json_array_append_new(texts, json_string(text));
}

static void add_text(json_t *texts, json_t *value)
{
    if (json_is_string(value))
        json_array_append(texts, value);
    else if (json_is_integer(value))
        add_number(texts, json_integer_value(value));
}

static void add_names(json_t *texts, const json_t *named)
{
    add_text(texts, json_object_get(named, "name"));
    add_text(texts, json_object_get(named, "label"));
}

static void add_steps(json_t *texts, const json_t *steps)
{
    char *joined = xstrdup("");
    const json_t *step;
    size_t i;
    json_array_foreach(steps, i, step)
    {
        char *longer = xasprintf("%s%s%s", joined, *joined ? "," : "",
                                 json_string_value(step));
        free(joined);
        joined = longer;
    }
    json_array_append_new(texts, json_string(joined));
    free(joined);
}

/* The settings of a cell: its options (the first) or its parameters. */
static json_t *settings(const json_t *cell, int which)
{
    return which == 0
               ? json_object_get(json_object_get(cell, "subject"), "options")
               : json_object_get(json_object_get(cell, "workload"),
                                 "parameters");
}

static const char *const setting_prefix[] = {"option.", "parameter."};

static const char *without_prefix(const char *key, int which)
{
    size_t length = strlen(setting_prefix[which]);
    return strncmp(key, setting_prefix[which], length) ? NULL : key + length;
}

static void add_settings(json_t *texts, const json_t *cell, const char *key)
{
    for (int i = 0; i < 2; i++) {
        const char *name = without_prefix(key, i);
        add_text(texts, json_object_get(settings(cell, i), name ? name : key));
    }
}

/* A number of the cell, as its key stands in an experiment file. */
static json_t *number_of(const json_t *cell, const char *key)
{
    char *own = xstrdup(key);
    for (char *c = own; *c; c++)
        *c = *c == '-' ? '_' : *c;
    json_t *number = json_object_get(cell, own);
    free(own);
    return json_is_integer(number) ? number : NULL;
}

static bool is(const char *key, const char *word)
{
    return strcmp(key, word) == 0;
}

json_t *cell_key_texts(const json_t *cell, const char *key, unsigned invocation)
{
    const json_t *subject = json_object_get(cell, "subject");
    json_t *texts = json_array();
    if (is(key, "collector") || is(key, "subject"))
        add_names(texts, subject);
    else if (is(key, "workload"))
        add_names(texts, json_object_get(cell, "workload"));
    else if (is(key, "prepare"))
        add_steps(texts, json_object_get(subject, "prepare"));
    else if (is(key, "cell"))
        add_text(texts, json_object_get(cell, "id"));
    else if (is(key, ARRIVALS))
        add_text(texts, json_object_get(cell, ARRIVALS));
    else if (is(key, CELL_KEY_INVOCATION))
        add_number(texts, invocation);
    else if (number_of(cell, key))
        add_text(texts, number_of(cell, key));
    else
        add_settings(texts, cell, key);
    return texts;
}

static void note(json_t *keys, const char *key)
{
    json_object_set_new(keys, key, json_true());
}

static void note_settings(json_t *keys, json_t *cell, int which)
{
    const char *name;
    json_t *value;
    json_object_foreach(settings(cell, which), name, value)
    {
        char *full = xasprintf("%s%s", setting_prefix[which], name);
        note(keys, name);
        note(keys, full);
        free(full);
    }
}

static void note_numbers(json_t *keys, json_t *cell)
{
    const char *name;
    json_t *value;
    json_object_foreach(cell, name, value)
    {
        char *key = xstrdup(name);
        for (char *c = key; *c; c++)
            *c = *c == '_' ? '-' : *c;
        if (json_is_integer(value))
            note(keys, key);
        free(key);
    }
}

json_t *cell_keys(const json_t *cells)
{
    static const char *const own[] = {"collector",        "subject", "workload",
                                      "prepare",          "cell",    ARRIVALS,
                                      CELL_KEY_INVOCATION};
    json_t *keys = json_object(), *cell;
    size_t i;
    for (i = 0; i < sizeof own / sizeof *own; i++)
        note(keys, own[i]);
    json_array_foreach(cells, i, cell)
    {
        note_numbers(keys, cell);
        for (int which = 0; which < 2; which++)
            note_settings(keys, cell, which);
    }
    return keys;
}

bool cell_key_is_ambiguous(const char *key, const json_t *cells)
{
    bool found[2] = {false, false};
    const json_t *cell;
    size_t i;
    json_array_foreach(cells, i, cell)
    {
        if (number_of(cell, key))
            return false;
        for (int which = 0; which < 2; which++)
            found[which] |= json_object_get(settings(cell, which), key) != NULL;
    }
    return found[0] && found[1];
}
