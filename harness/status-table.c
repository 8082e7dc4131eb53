/* status-table.c: how far experiments are, for people; see status.h. */
#include "harness/status.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/clock.h"
#include "harness/estimate.h"
#include "harness/memory.h"
#include "harness/table.h"

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
        table_add(table, status_name(&items[i]));
        add_states(table, items[i].in_state);
        add_count(table, all_of(items[i].in_state));
        table_add(table, left);
        table_add(table, items[i].in_use ? "yes" : "no");
        table_add(table, *items[i].last_started ? items[i].last_started : "-");
    }
    table_print(table, stdout);
    table_free(table);
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
        reason = status_reason(holdings_find(holdings, cell, i));
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
                printf("%s: %s: %s\n", holding->file, status_reason(holding),
                       status_detail(holding));
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
           all_of(status->in_state), status_name(status),
           status->holdings.directory, status->in_state[STATE_DONE],
           status->in_state[STATE_MISSING], status->in_state[STATE_FAILED],
           left, *status->last_started ? status->last_started : "never",
           status->in_use ? "a run is writing there now"
                          : "no run is writing there");
}
