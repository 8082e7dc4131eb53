/* holdings.c: see holdings.h. */
#include "harness/holdings.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "harness/description.h"
#include "harness/memory.h"
#include "harness/result.h"

const char *holdings_text(const json_t *json, const char *first,
                          const char *second)
{
    const json_t *value = json_object_get(json, first);
    if (second)
        value = json_object_get(value, second);
    return json_is_string(value) ? json_string_value(value) : "";
}

/* Hundreds of results fit into memory when what fills them is left out. */
static void shorten(json_t *result)
{
    static const char *const bulk[] = {"regions", "inherited", "bursts",
                                       "blame"};
    static const char *const kept[] = {"graph_checksum", "reply_checksum"};
    for (size_t i = 0; i < sizeof bulk / sizeof *bulk; i++)
        json_object_del(result, bulk[i]);
    json_t *workers = json_array(), *worker;
    size_t i;
    json_array_foreach(json_object_get(result, "workers"), i, worker)
    {
        json_t *less = json_object();
        for (size_t k = 0; k < sizeof kept / sizeof *kept; k++)
            json_object_set(less, kept[k], json_object_get(worker, kept[k]));
        json_array_append_new(workers, less);
    }
    json_object_set_new(result, "workers", workers);
}

static int find_cell(const struct holdings *holdings, const char *id,
                     size_t length)
{
    json_t *cell;
    size_t i;
    json_array_foreach(holdings->cells, i, cell)
    {
        const char *its = holdings_text(cell, "id", NULL);
        if (strlen(its) == length && !memcmp(its, id, length))
            return (int)i;
    }
    return HOLDING_OF_NONE;
}

/* Finds where in the matrix a result belongs; what is no result has only its
 * name to say so: ID-001.json. */
static void place(const struct holdings *holdings, struct holding *holding)
{
    const char *id = holdings_text(holding->json, "cell", "id");
    json_int_t invocation =
        json_integer_value(json_object_get(holding->json, "invocation"));
    size_t length = strlen(id);
    if (!holding->json) {
        id = holding->file;
        length = (size_t)(strrchr(id, '.') - id);
        while (length > 0 && id[length - 1] != '-')
            length--;
        invocation = strtol(id + length, NULL, 10);
        length -= length > 0;
    }
    holding->cell = find_cell(holdings, id, length);
    if (invocation >= 1 && invocation <= holdings->invocations)
        holding->invocation = (int)invocation;
}

static int *place_of(const struct holdings *holdings, size_t cell,
                     unsigned invocation)
{
    return &holdings->places[cell * holdings->invocations + invocation - 1];
}

static void add(struct holdings *holdings, const char *file)
{
    struct holding holding = {.file = xstrdup(file),
                              .cell = HOLDING_OF_NONE,
                              .invocation = HOLDING_OF_NONE};
    struct error error;
    char *path = xasprintf("%s/%s", holdings->directory, file);
    holding.json = result_read(path, &error);
    if (holding.json) {
        holding.valid =
            !strcmp(holdings_text(holding.json, "status", NULL), "valid");
        shorten(holding.json);
    } else
        holding.fault = xstrdup(error.text);
    free(path);
    place(holdings, &holding);
    if (holding.cell >= 0 && holding.invocation >= 1) {
        int *index = place_of(holdings, (size_t)holding.cell,
                              (unsigned)holding.invocation);
        if (*index == HOLDING_OF_NONE)
            *index = (int)holdings->count;
    }
    holdings->items = xreallocarray(holdings->items, holdings->count + 1,
                                    sizeof *holdings->items);
    holdings->items[holdings->count++] = holding;
}

static int describe(struct holdings *holdings, struct error *error)
{
    holdings->description = description_read(holdings->directory, error);
    if (!holdings->description)
        return error->text[0] ? -1 : 0;
    json_t *invocations = json_object_get(holdings->description, "invocations");
    holdings->cells = json_object_get(holdings->description, "cells");
    holdings->cell_count = json_array_size(holdings->cells);
    holdings->invocations = (unsigned)json_integer_value(invocations);
    size_t count = holdings->cell_count * holdings->invocations;
    holdings->places = xcalloc(count, sizeof *holdings->places);
    for (size_t i = 0; i < count; i++)
        holdings->places[i] = HOLDING_OF_NONE;
    return 0;
}

int holdings_open(struct holdings *holdings, const char *directory,
                  struct error *error)
{
    struct dirent **entries;
    *holdings = (struct holdings){.directory = xstrdup(directory)};
    int count = scandir(directory, &entries, result_is_file, alphasort);
    if (count < 0)
        return error_set(error,
                         "%s: %s; give a directory that `cowlab run` wrote",
                         directory, strerror(errno));
    int status = describe(holdings, error);
    for (int i = 0; i < count; i++) {
        if (status == 0)
            add(holdings, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return status;
}

void holdings_close(struct holdings *holdings)
{
    for (size_t i = 0; i < holdings->count; i++) {
        free(holdings->items[i].file);
        free(holdings->items[i].fault);
        json_decref(holdings->items[i].json);
    }
    free(holdings->items);
    free(holdings->places);
    json_decref(holdings->description);
    free(holdings->directory);
    *holdings = (struct holdings){0};
}

const struct holding *holdings_find(const struct holdings *holdings,
                                    size_t cell, unsigned invocation)
{
    int index = *place_of(holdings, cell, invocation);
    return index == HOLDING_OF_NONE ? NULL : &holdings->items[index];
}

enum state holdings_state(const struct holdings *holdings, size_t cell,
                          unsigned invocation)
{
    const struct holding *holding = holdings_find(holdings, cell, invocation);
    if (!holding)
        return STATE_MISSING;
    return holding->valid ? STATE_DONE : STATE_FAILED;
}

const struct holding *holdings_first(const struct holdings *holdings,
                                     json_t *seen, const char *key,
                                     size_t index)
{
    const json_t *first = json_object_get(seen, key);
    if (first)
        return &holdings->items[json_integer_value(first)];
    json_object_set_new(seen, key, json_integer((json_int_t)index));
    return &holdings->items[index];
}

/* A run holds the lock of its directory, and so does what cleans up after it.
 */
bool holdings_in_use(const struct holdings *holdings)
{
    int file = open(holdings->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0)
        return false;
    bool used = flock(file, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK;
    close(file);
    return used;
}
