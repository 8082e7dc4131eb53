/* status-print.c: how far experiments are, told; see status.h. */
#include "harness/status.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/clock.h"
#include "harness/estimate.h"
#include "harness/memory.h"
#include "harness/table.h"

static const char *const state_keys[] = {[STATE_MISSING] = "missing",
                                         [STATE_DONE] = "done",
                                         [STATE_FAILED] = "failed"};

/* In the order of tables. */
static const enum state shown[] = {STATE_DONE, STATE_MISSING, STATE_FAILED};

static struct table *start_table(const char *columns,
                                 const char *const *headers)
{
    struct table *table = table_new(columns);
    for (size_t i = 0; columns[i]; i++)
        table_add(table, headers[i]);
    return table;
}

static void add_count(struct table *table, size_t count)
{
    char text[32];
    snprintf(text, sizeof text, "%zu", count);
    table_add(table, text);
}

static void add_states(struct table *table, const size_t *in_state)
{
    for (size_t i = 0; i < STATES; i++)
        add_count(table, in_state[shown[i]]);
}

static size_t all_of(const size_t *in_state)
{
    size_t all = 0;
    for (size_t i = 0; i < STATES; i++)
        all += in_state[i];
    return all;
}

static void left_text(const struct status *status, char text[32])
{
    if (isnan(status->left_ns))
        snprintf(text, 32, "unknown");
    else
        estimate_text(status->left_ns, text);
}

static const char *name_of(const struct status *status)
{
    return holdings_text(status->holdings.description, "name", NULL);
}

void status_print_all(const struct status *items, size_t count)
{
    static const char *const headers[] = {
        "directory", "experiment", "done",    "missing",     "failed",
        "all",       "left",       "running", "last started"};
    struct table *table = start_table("llrrrrrll", headers);
    for (size_t i = 0; i < count; i++) {
        char left[32];
        left_text(&items[i], left);
        table_add(table, items[i].holdings.directory);
        table_add(table, name_of(&items[i]));
        add_states(table, items[i].in_state);
        add_count(table, all_of(items[i].in_state));
        table_add(table, left);
        table_add(table, items[i].in_use ? "yes" : "no");
        table_add(table, *items[i].last_started ? items[i].last_started : "-");
    }
    table_print(table, stdout);
    table_free(table);
}

/* Failures: of a result its reason and detail, of a torn file the fault. */

static const char *reason_of(const struct holding *holding)
{
    const char *reason = holdings_text(holding->json, "reason", NULL);
    return *reason ? reason : "no-result";
}

static const char *detail_of(const struct holding *holding)
{
    return holding->json ? holdings_text(holding->json, "detail", NULL)
                         : holding->fault;
}

/* The reasons why invocations of a cell failed, each with its number. */
static char *cell_reasons(const struct holdings *holdings, size_t cell)
{
    json_t *reasons = json_object(), *number;
    char *text = xstrdup("");
    const char *reason;
    for (unsigned i = 1; i <= holdings->invocations; i++) {
        if (holdings_state(holdings, cell, i) != STATE_FAILED)
            continue;
        reason = reason_of(holdings_find(holdings, cell, i));
        json_int_t before =
            json_integer_value(json_object_get(reasons, reason));
        json_object_set_new(reasons, reason, json_integer(before + 1));
    }
    json_object_foreach(reasons, reason, number)
    {
        char *longer = xasprintf("%s%s%s (%d)", text, *text ? ", " : "", reason,
                                 (int)json_integer_value(number));
        free(text);
        text = longer;
    }
    json_decref(reasons);
    return text;
}

static void add_cell(struct table *table, const struct status *status,
                     size_t index)
{
    const json_t *cell = json_array_get(status->holdings.cells, index);
    const struct cell_status *its = &status->cells[index];
    char seconds[32] = "-";
    char *reasons = cell_reasons(&status->holdings, index);
    if (!isnan(its->median_ns))
        snprintf(seconds, sizeof seconds, "%.1f",
                 its->median_ns / NS_PER_SECOND);
    table_add(table, holdings_text(cell, "subject", "label"));
    table_add(table, holdings_text(cell, "workload", "label"));
    add_count(table,
              (size_t)json_integer_value(json_object_get(cell, "workers")));
    add_states(table, its->in_state);
    table_add(table, seconds);
    table_add(table, *reasons ? reasons : "-");
    free(reasons);
}

static void print_failures(const struct holdings *holdings)
{
    for (size_t i = 0; i < holdings->cell_count; i++)
        for (unsigned k = 1; k <= holdings->invocations; k++) {
            const struct holding *holding = holdings_find(holdings, i, k);
            if (holding && !holding->valid)
                printf("%s: %s: %s\n", holding->file, reason_of(holding),
                       detail_of(holding));
        }
}

void status_print_one(const struct status *status)
{
    static const char *const headers[] = {"subject", "workload", "workers",
                                          "done",    "missing",  "failed",
                                          "seconds", "failures"};
    char left[32];
    struct table *table = start_table("llrrrrrl", headers);
    for (size_t i = 0; i < status->holdings.cell_count; i++)
        add_cell(table, status, i);
    table_print(table, stdout);
    table_free(table);
    print_failures(&status->holdings);
    left_text(status, left);
    printf("%zu invocations of %s in %s: %zu done, %zu missing, %zu failed; "
           "time left: %s; last started: %s; %s\n",
           all_of(status->in_state), name_of(status),
           status->holdings.directory, status->in_state[STATE_DONE],
           status->in_state[STATE_MISSING], status->in_state[STATE_FAILED],
           left, *status->last_started ? status->last_started : "never",
           status->in_use ? "a run is writing there now"
                          : "no run is writing there");
}

/* As JSON. */

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
        json_object_set_new(object, state_keys[shown[i]],
                            json_integer((json_int_t)in_state[shown[i]]));
}

static json_t *failures_json(const struct holdings *holdings, size_t cell)
{
    json_t *failures = json_array();
    for (unsigned i = 1; i <= holdings->invocations; i++) {
        const struct holding *holding = holdings_find(holdings, cell, i);
        if (holding && !holding->valid)
            json_array_append_new(
                failures,
                json_pack("{s:s, s:s, s:s}", "file", holding->file, "reason",
                          reason_of(holding), "detail", detail_of(holding)));
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
                  "experiment", name_of(status), "running", status->in_use);
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
