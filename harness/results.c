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

/* Takes over the JSON. */
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

static int add(struct result_set *results, const char *directory,
               const char *file, struct error *error)
{
    char *path = xasprintf("%s/%s", directory, file);
    json_t *json = result_read(path, error);
    const char *status = json_string_value(json_object_get(json, "status"));
    json_error_t fault;
    int outcome = json ? 0 : -1;
    if (json && status && strcmp(status, "invalid") == 0) {
        add_left_out(results, file, json);
        json_decref(json);
    } else if (json && add_valid(results, file, json, &fault) < 0) {
        outcome = error_set(error,
                            "%s: not a whole result: %s; move it out of the "
                            "directory",
                            path, fault.text);
        json_decref(json);
    }
    free(path);
    return outcome;
}

int results_open(struct result_set *results, const char *directory,
                 struct error *error)
{
    struct dirent **entries;
    int count = scandir(directory, &entries, result_is_file, alphasort);
    int outcome = 0;
    memset(results, 0, sizeof *results);
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
        if (outcome == 0)
            outcome = add(results, directory, entries[i]->d_name, error);
        free(entries[i]);
    }
    free(entries);
    if (outcome < 0)
        results_close(results);
    return outcome;
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
