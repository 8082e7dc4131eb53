/* cell-filter.c: reads a filter and holds cells against it; see
 * cell-filter.h. */
#include "harness/cell-filter.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/declaration.h"
#include "harness/memory.h"
#include "harness/nearest.h"

#define INVOCATION "invocation"
#define ARRIVALS   "arrivals"

/* What a cell has under a key: texts, all of them names of the one thing. */

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

/* An array, empty when the cell has no such key; the caller releases it. */
static json_t *texts_of(const json_t *cell, const char *key,
                        unsigned invocation)
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
    else if (is(key, INVOCATION))
        add_number(texts, invocation);
    else if (number_of(cell, key))
        add_text(texts, number_of(cell, key));
    else
        add_settings(texts, cell, key);
    return texts;
}

static bool matches(const char *value, const char *text)
{
    int64_t asked, had;
    return is(value, text) || fnmatch(value, text, 0) == 0 ||
           (declaration_size(value, &asked) && declaration_size(text, &had) &&
            asked == had);
}

static bool any_matches(const char *value, const json_t *texts)
{
    const json_t *text;
    size_t i;
    json_array_foreach(texts, i, text)
    {
        if (matches(value, json_string_value(text)))
            return true;
    }
    return false;
}

static bool meets(const struct cell_term *term, const json_t *cell,
                  unsigned invocation)
{
    if (invocation == 0 && is(term->key, INVOCATION))
        return true;
    json_t *texts = texts_of(cell, term->key, invocation);
    bool met = false;
    for (size_t i = 0; i < term->count && !met; i++)
        met = any_matches(term->values[i], texts);
    json_decref(texts);
    return met;
}

bool cell_filter_takes(const struct cell_filter *filter, const json_t *cell,
                       unsigned invocation)
{
    for (size_t i = 0; i < filter->count; i++)
        if (!meets(&filter->terms[i], cell, invocation))
            return false;
    return true;
}

/* Reading. */

static struct cell_term *term_of(struct cell_filter *filter, const char *key)
{
    for (size_t i = 0; i < filter->count; i++)
        if (is(filter->terms[i].key, key))
            return &filter->terms[i];
    filter->terms =
        xreallocarray(filter->terms, filter->count + 1, sizeof *filter->terms);
    filter->terms[filter->count] = (struct cell_term){.key = xstrdup(key)};
    return &filter->terms[filter->count++];
}

/* Ends a term at the comma before the next KEY=, and returns what follows it;
 * NULL: nothing. */
static char *cut_term(char *text)
{
    for (char *comma = text; (comma = strchr(comma, ','));) {
        char *next = comma + 1;
        if (next[strcspn(next, ",=")] == '=') {
            *comma = '\0';
            return next;
        }
        comma = next;
    }
    return NULL;
}

/* Reads KEY=VALUE|VALUE..., which it cuts up. */
static int read_term(struct cell_filter *filter, char *text,
                     struct error *error)
{
    char *rest = strchr(text, '=');
    if (!rest || rest == text)
        return error_set(error,
                         "'%s' selects nothing: write KEY=VALUE, such as "
                         "collector=mark-side or workers=2|8",
                         text);
    *rest++ = '\0';
    struct cell_term *term = term_of(filter, text);
    for (char *value; (value = strsep(&rest, "|"));) {
        term->values =
            xreallocarray(term->values, term->count + 1, sizeof *term->values);
        term->values[term->count++] = xstrdup(value);
    }
    return 0;
}

static int read_terms(struct cell_filter *filter, const char *text,
                      struct error *error)
{
    char *copy = xstrdup(text);
    int status = 0;
    for (char *term = copy, *next; term && status == 0; term = next) {
        next = cut_term(term);
        status = read_term(filter, term, error);
    }
    free(copy);
    return status;
}

void cell_filter_close(struct cell_filter *filter)
{
    for (size_t i = 0; i < filter->count; i++) {
        for (size_t k = 0; k < filter->terms[i].count; k++)
            free(filter->terms[i].values[k]);
        free(filter->terms[i].values);
        free(filter->terms[i].key);
    }
    free(filter->terms);
    *filter = (struct cell_filter){0};
}

/* Refusing what is not there. */

/* Keeps words once each, in the order in which they came. */
static void note(json_t *words, const char *word)
{
    json_object_set_new(words, word, json_true());
}

static int refuse_unknown(const char *kind, const char *word, json_t *words,
                          struct error *error)
{
    const char **known = xcalloc(json_object_size(words) + 1, sizeof *known);
    const char *key;
    json_t *unused;
    size_t count = 0;
    json_object_foreach(words, key, unused)
    {
        known[count++] = key;
    }
    int status = nearest_unknown(kind, word, known, count, error);
    free(known);
    return status;
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

static int check_key(const char *key, const json_t *cells, struct error *error)
{
    static const char *const own[] = {"collector", "subject", "workload",
                                      "prepare",   "cell",    ARRIVALS,
                                      INVOCATION};
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
    int status = json_object_get(keys, key)
                     ? 0
                     : refuse_unknown("key", key, keys, error);
    json_decref(keys);
    return status;
}

/* A name that is an option here and a parameter there would mean both. */
static int check_ambiguity(const char *key, const json_t *cells,
                           struct error *error)
{
    bool found[2] = {false, false};
    const json_t *cell;
    size_t i;
    json_array_foreach(cells, i, cell)
    {
        if (number_of(cell, key))
            return 0;
        for (int which = 0; which < 2; which++)
            found[which] |= json_object_get(settings(cell, which), key) != NULL;
    }
    return found[0] && found[1]
               ? error_set(error,
                           "'%s' is an option and a parameter here: write "
                           "option.%s or parameter.%s",
                           key, key, key)
               : 0;
}

/* All that the cells have under a key. */
static json_t *known_values(const char *key, const json_t *cells,
                            unsigned invocations)
{
    json_t *known = json_object(), *cell, *text;
    size_t i, k;
    json_array_foreach(cells, i, cell)
    {
        unsigned last = is(key, INVOCATION) ? invocations : 1;
        for (unsigned invocation = 1; invocation <= last; invocation++) {
            json_t *texts = texts_of(cell, key, invocation);
            json_array_foreach(texts, k, text)
                note(known, json_string_value(text));
            json_decref(texts);
        }
        if (is(key, INVOCATION))
            break;
    }
    return known;
}

static bool is_known(const char *value, json_t *known)
{
    const char *text;
    json_t *unused;
    json_object_foreach(known, text, unused)
    {
        if (matches(value, text))
            return true;
    }
    return false;
}

static int check_term(const struct cell_term *term, const json_t *cells,
                      unsigned invocations, struct error *error)
{
    if (check_key(term->key, cells, error) ||
        check_ambiguity(term->key, cells, error))
        return -1;
    json_t *known = known_values(term->key, cells, invocations);
    int status = 0;
    for (size_t i = 0; i < term->count && status == 0; i++)
        if (!is_known(term->values[i], known))
            status = refuse_unknown(term->key, term->values[i], known, error);
    json_decref(known);
    return status;
}

static int check(const struct cell_filter *filter, const char *text,
                 const json_t *cells, unsigned invocations, struct error *error)
{
    const json_t *cell;
    size_t i;
    for (i = 0; i < filter->count; i++)
        if (check_term(&filter->terms[i], cells, invocations, error))
            return -1;
    json_array_foreach(cells, i, cell)
    {
        if (cell_filter_takes(filter, cell, 0))
            return 0;
    }
    return error_set(
        error, "no cell is all of '%s' at once: leave out a part of it", text);
}

int cell_filter_open(struct cell_filter *filter, const char *text,
                     const json_t *cells, unsigned invocations,
                     struct error *error)
{
    *filter = (struct cell_filter){0};
    if (read_terms(filter, text, error) == 0 &&
        check(filter, text, cells, invocations, error) == 0)
        return 0;
    cell_filter_close(filter);
    return -1;
}
