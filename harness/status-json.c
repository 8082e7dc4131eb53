/* status-json.c: how far experiments are, for programs; see status.h. */
#include "harness/status.h"

#include <math.h>
#include <stdio.h>

static void set_ns(json_t *object, const char *key, double ns)
{
    char why[64];
    snprintf(why, sizeof why, "%s_why", key);
    json_object_set_new(object, key, isnan(ns) ? json_null() : json_real(ns));
    if (isnan(ns))
        json_object_set_new(
            object, why, json_string("no valid invocation is there to tell"));
}

static void set_states(json_t *object, const size_t *in_state)
{
    for (size_t i = 0; i < STATES; i++)
        json_object_set_new(object, state_texts[i],
                            json_integer((json_int_t)in_state[i]));
}

static json_t *failures_json(const struct holdings *holdings, size_t cell)
{
    json_t *failures = json_array();
    for (unsigned i = 1; i <= holdings->invocations; i++) {
        const struct holding *holding = holdings_find(holdings, cell, i);
        if (holding && !holding->valid)
            json_array_append_new(
                failures, json_pack("{s:s, s:s, s:s}", "file", holding->file,
                                    "reason", status_reason(holding), "detail",
                                    status_detail(holding)));
    }
    return failures;
}

static json_t *cell_json(const struct status *status, size_t index)
{
    const json_t *cell = json_array_get(status->holdings.cells, index);
    json_t *json =
        json_pack("{s:s, s:s, s:s, s:O}", "id", holdings_text(cell, "id", NULL),
                  "subject", holdings_text(cell, "subject", "label"),
                  "workload", holdings_text(cell, "workload", "label"),
                  "workers", json_object_get(cell, "workers"));
    set_states(json, status->cells[index].in_state);
    set_ns(json, "median_wall_ns", status->cells[index].median_ns);
    json_object_set_new(json, "failures",
                        failures_json(&status->holdings, index));
    return json;
}

static json_t *status_json(const struct status *status)
{
    json_t *cells = json_array();
    for (size_t i = 0; i < status->holdings.cell_count; i++)
        json_array_append_new(cells, cell_json(status, i));
    json_t *json =
        json_pack("{s:s, s:s, s:b}", "directory", status->holdings.directory,
                  "experiment", status_name(status), "running", status->in_use);
    set_states(json, status->in_state);
    set_ns(json, "left_ns", status->left_ns);
    json_object_set_new(json, "last_started_at",
                        *status->last_started
                            ? json_string(status->last_started)
                            : json_null());
    if (!*status->last_started)
        json_object_set_new(json, "last_started_at_why",
                            json_string("no result is there"));
    json_object_set_new(json, "cells", cells);
    return json;
}

void status_print_json(const struct status *items, size_t count)
{
    json_t *directories = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(directories, status_json(&items[i]));
    json_t *json = json_pack("{s:o}", "directories", directories);
    json_dumpf(json, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(json);
}
