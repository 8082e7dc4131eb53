/* results.c: reads the results of a directory with jansson. */
#include "harness/results.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/memory.h"
#include "harness/result.h"

int results_each(const char *directory,
                 int (*take)(void *context, const char *path, json_t *result,
                             struct error *error),
                 void *context, struct error *error)
{
    struct dirent **entries;
    int count = scandir(directory, &entries, result_is_file, alphasort);
    int outcome = 0;
    if (count < 0)
        return error_set(error,
                         "%s: %s; give the directory that `cowlab run` wrote",
                         directory, strerror(errno));
    if (count == 0)
        outcome = error_set(error,
                            "%s: no result (*.json) in it; `cowlab run` says "
                            "where it writes them",
                            directory);
    for (int i = 0; i < count; i++) {
        char *path = xasprintf("%s/%s", directory, entries[i]->d_name);
        json_t *json = outcome == 0 ? result_read(path, error) : NULL;
        if (outcome == 0)
            outcome = json ? take(context, path, json, error) : -1;
        json_decref(json);
        free(path);
        free(entries[i]);
    }
    free(entries);
    return outcome;
}

static int add_valid(struct result_set *results, const char *file, json_t *json,
                     json_error_t *fault)
{
    struct result result = {.json = json};
    json_int_t workers;
    if (json_unpack_ex(json, fault, 0,
                       "{s:{s:s}, s:{s:s, s:s}, s:{s:{s:s}, s:{s:s}, s:I}}",
                       "cowlab", "version", &result.cowlab_version,
                       "experiment", "name", &result.experiment, "hash",
                       &result.experiment_hash, "cell", "subject", "label",
                       &result.subject_label, "workload", "label",
                       &result.workload_label, "workers", &workers) < 0)
        return -1;
    if (workers < 1 || workers > UINT_MAX) {
        snprintf(fault->text, sizeof fault->text,
                 "a cell of %" JSON_INTEGER_FORMAT " workers", workers);
        return -1;
    }
    result.workers = (unsigned)workers;
    result.file = xstrdup(file);
    json_incref(json);
    results->items = xreallocarray(results->items, results->count + 1,
                                   sizeof *results->items);
    results->items[results->count++] = result;
    return 0;
}

static void add_left_out(struct result_set *results, const char *file,
                         const json_t *json)
{
    const char *reason = json_string_value(json_object_get(json, "reason"));
    const char *detail = json_string_value(json_object_get(json, "detail"));
    struct result_left_out left_out = {
        .file = xstrdup(file),
        .why = xasprintf("%s%s%s", reason ? reason : "no reason given",
                         detail ? ": " : "", detail ? detail : ""),
    };
    results->left_out =
        xreallocarray(results->left_out, results->left_out_count + 1,
                      sizeof *results->left_out);
    results->left_out[results->left_out_count++] = left_out;
}

static int add(void *context, const char *path, json_t *json,
               struct error *error)
{
    struct result_set *results = context;
    const char *file = strrchr(path, '/') + 1;
    const char *status = json_string_value(json_object_get(json, "status"));
    json_error_t fault;
    if (status && strcmp(status, "invalid") == 0)
        add_left_out(results, file, json);
    else if (add_valid(results, file, json, &fault) < 0)
        return error_set(error,
                         "%s: not a whole result: %s; move it out of the "
                         "directory",
                         path, fault.text);
    else if (file_hash_path(path, results->items[results->count - 1].hash) < 0)
        return error_set(error, "%s: %s", path, strerror(errno));
    return 0;
}

int results_open(struct result_set *results, const char *directory,
                 struct error *error)
{
    memset(results, 0, sizeof *results);
    if (results_each(directory, add, results, error) == 0)
        return 0;
    results_close(results);
    return -1;
}

void results_close(struct result_set *results)
{
    for (size_t i = 0; i < results->count; i++) {
        free(results->items[i].file);
        json_decref(results->items[i].json);
    }
    for (size_t i = 0; i < results->left_out_count; i++) {
        free(results->left_out[i].file);
        free(results->left_out[i].why);
    }
    free(results->items);
    free(results->left_out);
    memset(results, 0, sizeof *results);
}
