/* cell-filter.c: reads a filter and holds cells against it; see
 * cell-filter.h. */
#include "harness/cell-filter.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cell-key.h"
#include "harness/declaration.h"
#include "harness/memory.h"
#include "harness/nearest.h"

static bool is(const char *key, const char *word)
{
    return strcmp(key, word) == 0;
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
    if (invocation == 0 && is(term->key, CELL_KEY_INVOCATION))
        return true;
    json_t *texts = cell_key_texts(cell, term->key, invocation);
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

static int check_key(const char *key, const json_t *cells, struct error *error)
{
    json_t *keys = cell_keys(cells);
    int status = json_object_get(keys, key)
                     ? 0
                     : refuse_unknown("key", key, keys, error);
    json_decref(keys);
    if (status == 0 && cell_key_is_ambiguous(key, cells))
        return error_set(error,
                         "'%s' is an option and a parameter here: write "
                         "option.%s or parameter.%s",
                         key, key, key);
    return status;
}

/* All that the cells have under a key. */
static json_t *known_values(const char *key, const json_t *cells,
                            unsigned invocations)
{
    json_t *known = json_object(), *cell, *text;
    size_t i, k;
    json_array_foreach(cells, i, cell)
    {
        unsigned last = is(key, CELL_KEY_INVOCATION) ? invocations : 1;
        for (unsigned invocation = 1; invocation <= last; invocation++) {
            json_t *texts = cell_key_texts(cell, key, invocation);
            json_array_foreach(texts, k, text)
                note(known, json_string_value(text));
            json_decref(texts);
        }
        if (is(key, CELL_KEY_INVOCATION))
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
    if (check_key(term->key, cells, error))
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

int cell_filter_read(struct cell_filter *filter, const char *text,
                     struct error *error)
{
    *filter = (struct cell_filter){0};
    if (read_terms(filter, text, error) == 0)
        return 0;
    cell_filter_close(filter);
    return -1;
}

int cell_filter_open(struct cell_filter *filter, const char *text,
                     const json_t *cells, unsigned invocations,
                     struct error *error)
{
    if (cell_filter_read(filter, text, error))
        return -1;
    if (check(filter, text, cells, invocations, error) == 0)
        return 0;
    cell_filter_close(filter);
    return -1;
}
