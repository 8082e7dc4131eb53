/* summary.c: the tables of a run; see summary.h. */
#include "harness/summary.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cell.h"
#include "harness/lower-bound.h"
#include "harness/memory.h"
#include "harness/summary-blame.h"
#include "harness/summary-events.h"
#include "harness/table.h"

#define MIB 1048576.0

/* One column of a table: a measure and how it is shown. */
struct column {
    enum measure measure;
    const char *key;    /* in JSON, in base units */
    const char *header; /* in the table */
    double unit;        /* the table's unit, in base units */
    int decimals;
};

static const struct column columns[] = {
    {MEASURE_INHERITED, "inherited_bytes", "inherited MiB", MIB, 1},
    {MEASURE_BROKEN, "broken_share", "broken %", 0.01, 1},
    {MEASURE_PRIVATE, "private_bytes", "private MiB", MIB, 1},
    {MEASURE_PSS, "pss_bytes", "pss MiB", MIB, 1},
    {MEASURE_PEAK, "peak_bytes", "peak MiB", MIB, 1},
    {MEASURE_RATE, "requests_per_second", "requests/s", 1, 1},
    {MEASURE_P50, "p50_ns", "p50 ms", 1e6, 2},
    {MEASURE_P99, "p99_ns", "p99 ms", 1e6, 2},
    {MEASURE_FIRST_COLLECTION, "first_full_collection_ns",
     "first collection ms", 1e6, 2},
};

static const struct column idle_columns[] = {
    {MEASURE_OBJECT_PAGES, "object_pages", "object pages", 1, 0},
    {MEASURE_HEADER_PAGES, "header_pages", "with header", 1, 0},
    {MEASURE_FREE_CELL_PAGES, "free_cell_pages", "with free cell", 1, 0},
    {MEASURE_MARK_PAGES, "mark_pages", "with mark", 1, 0},
    {MEASURE_IDLE_BROKEN, "idle_broken_pages", "broken", 1, 1},
    {MEASURE_IDLE_SHARE, "idle_broken_share", "broken %", 0.01, 2},
    {MEASURE_SIDE_MARK_PAGES, "side_mark_pages", "side with mark", 1, 0},
    {MEASURE_SIDE_PAGES, "idle_side_pages", "side broken", 1, 1},
    {MEASURE_SIDE_SHARE, "idle_side_share", "side % of heap", 0.01, 2},
    {MEASURE_FIRST_IDLE, "idle_first_ns", "first ms", 1e6, 2},
    {MEASURE_SECOND_IDLE, "idle_second_ns", "second ms", 1e6, 2},
};

static const struct column counter_columns[] = {
    {MEASURE_MINORS, "minor_collections", "minor", 1, 1},
    {MEASURE_COLLECTIONS, "collections", "full", 1, 1},
    {MEASURE_PROMOTED_OBJECTS, "promoted_objects", "promoted", 1, 0},
    {MEASURE_PROMOTED_BYTES, "promoted_bytes", "promoted MiB", MIB, 1},
    {MEASURE_OLD_TO_YOUNG, "old_to_young_references", "old to young", 1, 0},
    {MEASURE_REWRITTEN, "rewritten_references", "rewritten", 1, 0},
    {MEASURE_REWRITTEN_PAGES, "rewritten_inherited_pages", "on inherited pages",
     1, 0},
    {MEASURE_AVOIDED_REWRITES, "avoided_rewrites", "rewrites avoided", 1, 0},
    {MEASURE_SLOW_PATHS, "barrier_slow_paths", "barrier slow", 1, 0},
    {MEASURE_TABLE_LOADS, "table_loads", "table loads", 1, 0},
    {MEASURE_LINK_WRITES, "link_writes", "links written", 1, 0},
};

#define COLUMNS         (sizeof columns / sizeof *columns)
#define IDLE_COLUMNS    (sizeof idle_columns / sizeof *idle_columns)
#define COUNTER_COLUMNS (sizeof counter_columns / sizeof *counter_columns)

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
static double relative_rate(const struct store *store, size_t cell,
                            const char *subject)
{
    size_t other = baseline_cell(store->experiment, cell, subject);
    if (other == SIZE_MAX)
        return NAN;
    return store_median(store, cell, MEASURE_RATE) /
           store_median(store, other, MEASURE_RATE);
}

static void add_number(struct table *table, double value, int decimals)
{
    char text[32] = "-";
    if (!isnan(value))
        snprintf(text, sizeof text, "%.*f", decimals, value);
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
    add_columns(table, store, cell, columns, RATE_COLUMN + 1);
    for (size_t i = 0; i < BASELINES; i++)
        add_number(table, relative_rate(store, cell, baselines[i].subject), 2);
    add_columns(table, store, cell, columns + RATE_COLUMN + 1,
                COLUMNS - RATE_COLUMN - 1);
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
    add_headers(table, columns, RATE_COLUMN + 1);
    for (size_t i = 0; i < BASELINES; i++)
        table_add(table, baselines[i].header);
    add_headers(table, columns + RATE_COLUMN + 1, COLUMNS - RATE_COLUMN - 1);
    table_add(table, "invalid");
    for (size_t i = first; i < end; i++)
        add_row(table, store, i);
    fprintf(stream, "%s, %u worker%s\n", cell->workload_label, cell->workers,
            cell->workers == 1 ? "" : "s");
    table_print(table, stream);
    table_free(table);
}

static void print_idle(const struct store *store, size_t first, size_t end,
                       FILE *stream)
{
    struct table *table = table_new("lrrrrrrrrrrr");
    table_add(table, "subject");
    add_headers(table, idle_columns, IDLE_COLUMNS);
    for (size_t i = first; i < end; i++) {
        table_add(table, store->experiment->cells[i].subject_label);
        add_columns(table, store, i, idle_columns, IDLE_COLUMNS);
    }
    fprintf(stream, "\npages broken by an idle full collection, of one "
                    "worker\n");
    table_print(table, stream);
    table_free(table);
}

/* Whether any of the cells counted any. */
static bool counted(const struct store *store, size_t first, size_t end,
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
    struct column shown[COUNTER_COLUMNS];
    size_t count = 0;
    char layout[COUNTER_COLUMNS + 2] = "l";
    for (size_t i = 0; i < COUNTER_COLUMNS; i++)
        if (counted(store, first, end, counter_columns[i].measure)) {
            shown[count++] = counter_columns[i];
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
            any |= counted(store, i, i + 1, shown[j].measure);
        if (!any)
            continue;
        table_add(table, store->experiment->cells[i].subject_label);
        add_columns(table, store, i, shown, count);
    }
    fprintf(stream, "\ncounted by one worker\n");
    table_print(table, stream);
    table_free(table);
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
        if (experiment->cells[first].regime.collections_first)
            print_idle(store, first, end, stream);
        lower_bound_print(store, first, end, stream);
        print_counters(store, first, end, stream);
        summary_events_print(store, first, end, stream);
        summary_blame_print(store, first, end, stream);
        fputc('\n', stream);
    }
    print_notes(store, stream);
}

static void set_number(json_t *object, const char *key, double value,
                       const char *why)
{
    char why_key[64];
    if (isfinite(value)) {
        json_object_set_new(object, key, json_real(value));
        return;
    }
    snprintf(why_key, sizeof why_key, "%s_why", key);
    json_object_set_new(object, key, json_null());
    json_object_set_new(object, why_key, json_string(why));
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
    for (size_t i = 0; i < COLUMNS; i++)
        set_number(object, columns[i].key,
                   store_median(store, index, columns[i].measure), why);
    for (size_t i = 0; i < BASELINES; i++)
        set_number(object, baselines[i].key,
                   relative_rate(store, index, baselines[i].subject),
                   "no such subject beside it, or a rate is not measured");
    for (size_t i = 0; i < COUNTER_COLUMNS; i++)
        set_number(object, counter_columns[i].key,
                   store_median(store, index, counter_columns[i].measure),
                   "the subject does not count it");
    for (size_t i = 0; i < IDLE_COLUMNS; i++)
        set_number(object, idle_columns[i].key,
                   store_median(store, index, idle_columns[i].measure),
                   cell->regime.collections_first
                       ? why
                       : "no collections were asked of idle workers");
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
    return json_pack("{s:s, s:s, s:s, s:o, s:o}", "experiment",
                     experiment->name, "hash", experiment->hash, "directory",
                     store->directory, "cells", cells, "left_out", left_out);
}
