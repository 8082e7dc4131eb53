/* comparand.c: reads what is compared; see comparand.h. */
#include "harness/comparand.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/cell-filter.h"
#include "harness/machine.h"
#include "harness/memory.h"
#include "harness/result.h"
#include "harness/results.h"

static const char *text_at(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

bool comparand_both(const struct comparand_cell *a,
                    const struct comparand_cell *b, size_t *i, size_t *k)
{
    for (; *i < a->count; ++*i) {
        while (*k < b->count && b->items[*k].number < a->items[*i].number)
            ++*k;
        if (*k < b->count && b->items[*k].number == a->items[*i].number)
            return true;
    }
    return false;
}

const char *comparand_id(const struct comparand_cell *cell)
{
    return text_at(cell->cell, "id");
}

const char *comparand_text(const struct comparand_cell *cell, const char *of,
                           const char *key)
{
    return text_at(json_object_get(cell->cell, of), key);
}

static struct comparand_cell *find(const struct comparand *comparand,
                                   const char *id)
{
    for (size_t i = 0; i < comparand->count; i++)
        if (!strcmp(comparand_id(&comparand->cells[i]), id))
            return &comparand->cells[i];
    return NULL;
}

const struct comparand_cell *comparand_find(const struct comparand *comparand,
                                            const char *id)
{
    return find(comparand, id);
}

/* Reading results. */

static json_t *origin_of(const json_t *result)
{
    const json_t *experiment = json_object_get(result, "experiment");
    const json_t *subject = json_object_get(result, "subject");
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:O*}", "experiment",
                     text_at(experiment, "name"), "experiment_hash",
                     text_at(experiment, "hash"), "commit",
                     text_at(json_object_get(result, "cowlab"), "commit"),
                     "program_hash", text_at(subject, "program_hash"),
                     "version", text_at(subject, "version"), "build",
                     json_object_get(subject, "build"));
}

static struct comparand_cell *cell_for(struct comparand *comparand,
                                       json_t *result)
{
    json_t *cell = json_object_get(result, "cell");
    struct comparand_cell *found = find(comparand, text_at(cell, "id"));
    if (found)
        return found;
    comparand->cells = xreallocarray(comparand->cells, comparand->count + 1,
                                     sizeof *comparand->cells);
    found = &comparand->cells[comparand->count++];
    *found = (struct comparand_cell){.cell = json_deep_copy(cell),
                                     .origin = origin_of(result),
                                     .invalid = json_array()};
    return found;
}

static bool is_empty(json_t *array)
{
    bool empty = json_array_size(array) == 0;
    json_decref(array);
    return empty;
}

/* The environment, or one that equals it; NULL: the result has none. */
static json_t *environment_of(const struct comparand *comparand,
                              const json_t *result)
{
    json_t *environment = json_object_get(result, "environment");
    if (!json_is_object(environment))
        return NULL;
    for (size_t i = 0; i < comparand->count; i++)
        for (size_t k = 0; k < comparand->cells[i].count; k++) {
            json_t *known = comparand->cells[i].items[k].environment;
            if (known && is_empty(machine_differences(known, environment)) &&
                is_empty(machine_settings(known, environment)))
                return json_incref(known);
        }
    return json_deep_copy(environment);
}

static bool is_there(const struct comparand_cell *cell, json_int_t invocation)
{
    const json_t *other;
    size_t i;
    for (i = 0; i < cell->count; i++)
        if (cell->items[i].number == invocation)
            return true;
    json_array_foreach(cell->invalid, i, other)
    {
        if (json_integer_value(json_object_get(other, "invocation")) ==
            invocation)
            return true;
    }
    return false;
}

static void add_valid(const struct comparand *comparand,
                      struct comparand_cell *cell, const json_t *result,
                      unsigned number)
{
    struct comparand_invocation added = {.number = number,
                                         .outcome = outcome_read(result),
                                         .environment =
                                             environment_of(comparand, result)};
    size_t place = cell->count;
    cell->items =
        xreallocarray(cell->items, cell->count + 1, sizeof *cell->items);
    for (; place && cell->items[place - 1].number > number; place--)
        cell->items[place] = cell->items[place - 1];
    cell->items[place] = added;
    cell->count++;
}

static int take(void *context, const char *path, json_t *result,
                struct error *error)
{
    struct comparand *comparand = context;
    json_int_t invocation =
        json_integer_value(json_object_get(result, "invocation"));
    const char *id = text_at(json_object_get(result, "cell"), "id");
    if (!*id || invocation < 1 || invocation > UINT_MAX)
        return error_set(error,
                         "%s: not a whole result: no cell or invocation; move "
                         "it out of the directory",
                         path);
    struct comparand_cell *cell = cell_for(comparand, result);
    if (is_there(cell, invocation))
        return error_set(error,
                         "%s: invocation %" JSON_INTEGER_FORMAT
                         " of %s is there twice: move one of them out of the "
                         "directory",
                         path, invocation, id);
    if (!strcmp(text_at(result, "status"), "valid"))
        add_valid(comparand, cell, result, (unsigned)invocation);
    else
        json_array_append_new(cell->invalid,
                              json_pack("{s:I, s:s, s:s}", "invocation",
                                        invocation, "reason",
                                        text_at(result, "reason"), "detail",
                                        text_at(result, "detail")));
    return 0;
}

static int read_path(struct comparand *comparand, struct error *error)
{
    struct stat status;
    if (stat(comparand->path, &status) == 0 && S_ISDIR(status.st_mode))
        return results_each(comparand->path, take, comparand, error);
    json_t *result = result_read(comparand->path, error);
    int outcome = result ? take(comparand, comparand->path, result, error) : -1;
    json_decref(result);
    return outcome;
}

/* Selecting. */

static void clear_invocation(struct comparand_invocation *invocation)
{
    outcome_clear(&invocation->outcome);
    json_decref(invocation->environment);
}

static void clear_cell(struct comparand_cell *cell)
{
    for (size_t i = 0; i < cell->count; i++)
        clear_invocation(&cell->items[i]);
    free(cell->items);
    json_decref(cell->cell);
    json_decref(cell->origin);
    json_decref(cell->invalid);
}

static void select_invocations(struct comparand_cell *cell,
                               const struct cell_filter *filter)
{
    size_t kept = 0;
    for (size_t i = 0; i < cell->count; i++)
        if (cell_filter_takes(filter, cell->cell, cell->items[i].number))
            cell->items[kept++] = cell->items[i];
        else
            clear_invocation(&cell->items[i]);
    cell->count = kept;
    for (size_t i = json_array_size(cell->invalid); i-- > 0;) {
        const json_t *number =
            json_object_get(json_array_get(cell->invalid, i), "invocation");
        if (!cell_filter_takes(filter, cell->cell,
                               (unsigned)json_integer_value(number)))
            json_array_remove(cell->invalid, i);
    }
}

/* The highest number of an invocation. */
static unsigned last_invocation(const struct comparand *comparand)
{
    json_int_t last = 0;
    for (size_t i = 0; i < comparand->count; i++) {
        const struct comparand_cell *cell = &comparand->cells[i];
        const json_t *invalid;
        size_t k;
        if (cell->count && cell->items[cell->count - 1].number > last)
            last = cell->items[cell->count - 1].number;
        json_array_foreach(cell->invalid, k, invalid)
        {
            json_int_t number =
                json_integer_value(json_object_get(invalid, "invocation"));
            last = number > last ? number : last;
        }
    }
    return (unsigned)last;
}

static int select_cells(struct comparand *comparand, const char *selection,
                        struct error *error)
{
    struct cell_filter filter;
    json_t *cells = json_array();
    size_t kept = 0;
    for (size_t i = 0; i < comparand->count; i++)
        json_array_append(cells, comparand->cells[i].cell);
    int status = cell_filter_open(&filter, selection, cells,
                                  last_invocation(comparand), error);
    json_decref(cells);
    if (status)
        return -1;
    for (size_t i = 0; i < comparand->count; i++) {
        struct comparand_cell *cell = &comparand->cells[i];
        select_invocations(cell, &filter);
        if (cell->count || json_array_size(cell->invalid))
            comparand->cells[kept++] = *cell;
        else
            clear_cell(cell);
    }
    comparand->count = kept;
    cell_filter_close(&filter);
    return kept ? 0
                : error_set(error, "'%s' takes no invocation that is there",
                            selection);
}

/* Cuts off the selection: at the first colon that a path ends at, unless the
 * whole is one.  NULL: there is none. */
static char *cut_selection(char *path)
{
    if (access(path, F_OK) == 0)
        return NULL;
    for (char *colon = path; (colon = strchr(colon, ':')); colon++) {
        *colon = '\0';
        if (access(path, F_OK) == 0)
            return colon + 1;
        *colon = ':';
    }
    return NULL;
}

int comparand_open(struct comparand *comparand, const char *text,
                   struct error *error)
{
    *comparand = (struct comparand){.text = xstrdup(text)};
    char *path = xstrdup(text), *selection = cut_selection(path);
    int status = 0;
    struct error cause;
    comparand->path = realpath(path, NULL);
    if (!comparand->path)
        status = error_set(error,
                           "%s: %s; give a result file, a directory of "
                           "results, or DIRECTORY:SELECTION",
                           text, strerror(errno));
    else
        status = read_path(comparand, error);
    if (status == 0 && selection &&
        select_cells(comparand, selection, &cause) < 0)
        status = error_set(error, "%s: %s", path, cause.text);
    free(path);
    return status;
}

void comparand_close(struct comparand *comparand)
{
    for (size_t i = 0; i < comparand->count; i++)
        clear_cell(&comparand->cells[i]);
    free(comparand->cells);
    free(comparand->text);
    free(comparand->path);
    *comparand = (struct comparand){0};
}
