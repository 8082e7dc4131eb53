/* summary.c: the tables of a run; see summary.h. */
#include "harness/summary.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cell.h"
#include "harness/columns.h"
#include "harness/interval-json.h"
#include "harness/lower-bound.h"
#include "harness/memory.h"
#include "harness/summary-blame.h"
#include "harness/summary-events.h"
#include "harness/summary-interval.h"
#include "harness/summary-published.h"
#include "harness/table.h"

static const struct columns *const served = &columns[COLUMNS_SERVED];
static const struct columns *const scheduled = &columns[COLUMNS_SCHEDULED];
static const struct columns *const limited = &columns[COLUMNS_LIMITED];
static const struct columns *const idle = &columns[COLUMNS_IDLE];
static const struct columns *const counted = &columns[COLUMNS_COUNTED];

/* The column after which the comparisons with other subjects stand. */
#define RATE_COLUMN 5

/* What the rates of all subjects of a group are compared with. */
static const struct {
    const char *subject, *key, *header;
} baselines[] = {
    {"nogc", "rate_by_nogc", "/ nogc"},
    {"mark-header", "rate_by_mark_header", "/ mark-header"},
};

#define BASELINES (sizeof baselines / sizeof *baselines)

struct tally {
    unsigned valid, invalid, missing;
};

static struct tally tally_of(const struct store *store, size_t cell)
{
    struct tally tally = {0};
    for (unsigned i = 1; i <= store->experiment->invocations; i++) {
        const struct outcome *outcome = store_outcome(store, cell, i);
        if (!outcome->known)
            tally.missing++;
        else if (outcome->valid)
            tally.valid++;
        else
            tally.invalid++;
    }
    return tally;
}

/* The cells from `first` that differ in the subject alone end here. */
static size_t group_end(const struct experiment *experiment, size_t first)
{
    const struct cell *cells = experiment->cells;
    size_t end = first + 1;
    while (end < experiment->cell_count &&
           cell_same_group(&cells[first], &cells[end]))
        end++;
    return end;
}

/* The first cell of the group with this subject, or SIZE_MAX. */
static size_t baseline_cell(const struct experiment *experiment, size_t cell,
                            const char *subject)
{
    const struct cell *cells = experiment->cells;
    for (size_t i = 0; i < experiment->cell_count; i++)
        if (cell_same_group(&cells[i], &cells[cell]) &&
            !strcmp(cells[i].subject->name, subject))
            return i;
    return SIZE_MAX;
}

/* A cell's rate as a multiple of the baseline's. */
static struct interval relative_rate(const struct store *store, size_t cell,
                                     const char *subject)
{
    size_t other = baseline_cell(store->experiment, cell, subject);
    if (other == SIZE_MAX)
        return (struct interval){NAN, NAN, NAN, 0};
    return summary_ratio(store, cell, other, MEASURE_RATE);
}

/* Whether that is paired by repetition, or there is none. */
static bool is_paired(const struct store *store, size_t cell,
                      const char *subject)
{
    size_t other = baseline_cell(store->experiment, cell, subject);
    return other == SIZE_MAX || summary_paired(store, cell, other);
}

static void add_number(struct table *table, double value, int decimals)
{
    char text[32] = "-";
    if (!isnan(value))
        snprintf(text, sizeof text, "%.*f", decimals, value);
    table_add(table, text);
}

/* A ratio, and whether that is the same. */
static void add_ratio(struct table *table, const struct store *store,
                      size_t cell, const char *subject)
{
    struct interval ratio = relative_rate(store, cell, subject);
    bool itself = baseline_cell(store->experiment, cell, subject) == cell;
    char text[32];
    if (interval_verdict(ratio) != VERDICT_SAME || itself) {
        add_number(table, ratio.estimate, 2);
        return;
    }
    snprintf(text, sizeof text, "same %.2f", ratio.estimate);
    table_add(table, text);
}

static void add_columns(struct table *table, const struct store *store,
                        size_t cell, const struct column *shown, size_t count)
{
    for (size_t i = 0; i < count; i++)
        add_number(table,
                   store_median(store, cell, shown[i].measure) / shown[i].unit,
                   shown[i].decimals);
}

static void add_headers(struct table *table, const struct column *shown,
                        size_t count)
{
    for (size_t i = 0; i < count; i++)
        table_add(table, shown[i].header);
}

static void add_row(struct table *table, const struct store *store, size_t cell)
{
    struct tally tally = tally_of(store, cell);
    char text[64];
    table_add(table, store->experiment->cells[cell].subject_label);
    add_columns(table, store, cell, served->items, RATE_COLUMN + 1);
    for (size_t i = 0; i < BASELINES; i++)
        add_ratio(table, store, cell, baselines[i].subject);
    add_columns(table, store, cell, served->items + RATE_COLUMN + 1,
                served->count - RATE_COLUMN - 1);
    snprintf(text, sizeof text, "%u/%u", tally.invalid,
             store->experiment->invocations);
    table_add(table, text);
}

static void print_group(const struct store *store, size_t first, size_t end,
                        FILE *stream)
{
    const struct cell *cell = &store->experiment->cells[first];
    struct table *table = table_new("lrrrrrrrrrrrr");
    table_add(table, "subject");
    add_headers(table, served->items, RATE_COLUMN + 1);
    for (size_t i = 0; i < BASELINES; i++)
        table_add(table, baselines[i].header);
    add_headers(table, served->items + RATE_COLUMN + 1,
                served->count - RATE_COLUMN - 1);
    table_add(table, "invalid");
    for (size_t i = first; i < end; i++)
        add_row(table, store, i);
    fprintf(stream, "%s, %u worker%s\n", cell->workload_label, cell->workers,
            cell->workers == 1 ? "" : "s");
    table_print(table, stream);
    table_free(table);
}

/* A table of all columns of a group. */
static void print_columns(const struct store *store, size_t first, size_t end,
                          const struct columns *group, FILE *stream)
{
    char layout[COLUMNS_MAX + 2] = "l";
    memset(layout + 1, 'r', group->count);
    struct table *table = table_new(layout);
    table_add(table, "subject");
    add_headers(table, group->items, group->count);
    for (size_t i = first; i < end; i++) {
        table_add(table, store->experiment->cells[i].subject_label);
        add_columns(table, store, i, group->items, group->count);
    }
    fprintf(stream, "\n%s\n", group->title);
    table_print(table, stream);
    table_free(table);
}

/* Whether any of the cells counted any. */
static bool any_counted(const struct store *store, size_t first, size_t end,
                        enum measure measure)
{
    for (size_t i = first; i < end; i++)
        if (store_median(store, i, measure) > 0)
            return true;
    return false;
}

/* Counters that are zero everywhere, and subjects that keep none, are left
 * out; so is a table of nothing but collections, which stand above. */
static void print_counters(const struct store *store, size_t first, size_t end,
                           FILE *stream)
{
    struct column shown[COLUMNS_MAX];
    size_t count = 0;
    char layout[COLUMNS_MAX + 2] = "l";
    for (size_t i = 0; i < counted->count; i++)
        if (any_counted(store, first, end, counted->items[i].measure)) {
            shown[count++] = counted->items[i];
            strcat(layout, "r");
        }
    if (count == 0 || (count == 1 && shown[0].measure == MEASURE_COLLECTIONS))
        return;
    struct table *table = table_new(layout);
    table_add(table, "subject");
    add_headers(table, shown, count);
    for (size_t i = first; i < end; i++) {
        bool any = false;
        for (size_t j = 0; j < count; j++)
            any |= any_counted(store, i, i + 1, shown[j].measure);
        if (!any)
            continue;
        table_add(table, store->experiment->cells[i].subject_label);
        add_columns(table, store, i, shown, count);
    }
    fprintf(stream, "\n%s\n", counted->title);
    table_print(table, stream);
    table_free(table);
}

/* Names the ratios whose cells were not measured in turn. */
static void print_unpaired(const struct store *store, FILE *stream)
{
    const struct experiment *experiment = store->experiment;
    for (size_t i = 0; i < experiment->cell_count; i++)
        for (size_t k = 0; k < BASELINES; k++)
            if (!is_paired(store, i, baselines[k].subject))
                fprintf(stream,
                        "%s %s is not paired by repetition: the two were not "
                        "measured in turn.\n",
                        experiment->cells[i].id, baselines[k].header);
}

static void print_notes(const struct store *store, FILE *stream)
{
    const struct experiment *experiment = store->experiment;
    unsigned missing = 0;
    for (size_t i = 0; i < experiment->cell_count; i++)
        missing += tally_of(store, i).missing;
    fprintf(stream,
            "Medians over valid invocations, of %u; MiB are of one worker "
            "after its last request, peak MiB of the template before the fork "
            "and all workers at one sample; - : not measured.\n",
            experiment->invocations);
    if (experiment->invocations < INTERVAL_COUNT_MIN)
        fprintf(stream,
                "With fewer than %d invocations there are no intervals, and "
                "nothing is called the same.\n",
                INTERVAL_COUNT_MIN);
    else
        fprintf(stream,
                "same: the %.0f %% interval of the ratio covers 1; all "
                "intervals: --json.\n",
                100 * INTERVAL_LEVEL);
    print_unpaired(store, stream);
    summary_scatter_print(store, stream);
    if (missing)
        fprintf(stream, "%u invocation%s not made yet: run again to make %s.\n",
                missing, missing == 1 ? " was" : "s were",
                missing == 1 ? "it" : "them");
    for (size_t i = 0; i < experiment->left_out_count; i++)
        fprintf(stream, "Left out: %s: %s.\n", experiment->left_out[i].subject,
                experiment->left_out[i].why);
}

void summary_print(const struct store *store, FILE *stream)
{
    const struct experiment *experiment = store->experiment;
    for (size_t first = 0, end; first < experiment->cell_count; first = end) {
        end = group_end(experiment, first);
        print_group(store, first, end, stream);
        const struct regime *regime = &experiment->cells[first].regime;
        if (regime->arrivals.kind != ARRIVALS_CLOSED)
            print_columns(store, first, end, scheduled, stream);
        if (regime->memory_bytes)
            print_columns(store, first, end, limited, stream);
        if (regime->collections_first)
            print_columns(store, first, end, idle, stream);
        lower_bound_print(store, first, end, stream);
        summary_steady_print(store, first, end, stream);
        print_counters(store, first, end, stream);
        summary_events_print(store, first, end, stream);
        summary_blame_print(store, first, end, stream);
        fputc('\n', stream);
    }
    summary_published_print(store, stream);
    print_notes(store, stream);
}

static void set_columns(json_t *object, const struct store *store, size_t cell,
                        const struct columns *group, const char *why)
{
    for (size_t i = 0; i < group->count; i++)
        number_set(object, group->items[i].key,
                   store_median(store, cell, group->items[i].measure), why);
}

/* Of everything that was measured, by its key; of the ratios with a verdict. */
static json_t *intervals_json(const struct store *store, size_t cell)
{
    json_t *object = json_object();
    for (int i = 0; i < COLUMNS_GROUPS; i++)
        summary_intervals_add(object, store, cell, &columns[i]);
    for (size_t i = 0; i < BASELINES; i++) {
        struct interval ratio =
            relative_rate(store, cell, baselines[i].subject);
        if (isnan(ratio.estimate))
            continue;
        json_t *json = interval_json(ratio, "ratio");
        json_object_set_new(json, "verdict",
                            json_string(verdict_text(interval_verdict(ratio))));
        json_object_set_new(
            json, "paired",
            json_boolean(is_paired(store, cell, baselines[i].subject)));
        json_object_set_new(object, baselines[i].key, json);
    }
    return object;
}

static json_t *summed_json(const struct store *store, size_t first, size_t end,
                           size_t index)
{
    const struct cell *cell = &store->experiment->cells[index];
    struct tally tally = tally_of(store, index);
    json_t *object = json_pack(
        "{s:s, s:s, s:s, s:i, s:{s:i, s:i, s:i}}", "id", cell->id, "subject",
        cell->subject_label, "workload", cell->workload_label, "workers",
        (int)cell->workers, "invocations", "valid", (int)tally.valid, "invalid",
        (int)tally.invalid, "missing", (int)tally.missing);
    const char *why = "no valid invocation measured it";
    set_columns(object, store, index, served, why);
    for (size_t i = 0; i < BASELINES; i++)
        number_set(object, baselines[i].key,
                   relative_rate(store, index, baselines[i].subject).estimate,
                   "no such subject beside it, or a rate is not measured");
    set_columns(object, store, index, scheduled,
                cell->regime.arrivals.kind == ARRIVALS_CLOSED ? "closed loop"
                                                              : why);
    set_columns(object, store, index, limited,
                cell->regime.memory_bytes ? why
                                          : "the experiment sets no limit");
    set_columns(object, store, index, counted, "the subject does not count it");
    set_columns(object, store, index, idle,
                cell->regime.collections_first
                    ? why
                    : "no collections were asked of idle workers");
    json_object_set_new(object, "intervals", intervals_json(store, index));
    json_object_set_new(object, "scatter", summary_scatter_json(store, index));
    json_object_set_new(object, "steady", summary_steady_json(store, index));
    json_object_set_new(object, "counters", summary_events_json(store, index));
    json_t *blame = summary_blame_json(store, index);
    json_object_set_new(object, "blame", blame ? blame : json_null());
    if (!blame)
        json_object_set_new(object, "blame_why",
                            json_string(cell->regime.blame
                                            ? why
                                            : "the experiment does not say "
                                              "blame: true"));
    json_t *bound = lower_bound_json(store, first, end, index);
    json_object_set_new(object, "lower_bound", bound ? bound : json_null());
    if (!bound)
        json_object_set_new(
            object, "lower_bound_why",
            json_string("no other collector of the same work was measured"));
    return object;
}

json_t *summary_json(const struct store *store)
{
    const struct experiment *experiment = store->experiment;
    json_t *cells = json_array(), *left_out = json_array();
    for (size_t first = 0, end; first < experiment->cell_count; first = end) {
        end = group_end(experiment, first);
        for (size_t i = first; i < end; i++)
            json_array_append_new(cells, summed_json(store, first, end, i));
    }
    for (size_t i = 0; i < experiment->left_out_count; i++)
        json_array_append_new(left_out,
                              json_pack("{s:s, s:s}", "subject",
                                        experiment->left_out[i].subject, "why",
                                        experiment->left_out[i].why));
    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o}", "experiment",
                     experiment->name, "hash", experiment->hash, "directory",
                     store->directory, "intervals", interval_method_json(),
                     "cells", cells, "left_out", left_out, "published",
                     summary_published_json(store));
}
