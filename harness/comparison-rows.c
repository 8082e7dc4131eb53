/* comparison-rows.c: two cells, measure by measure; see comparison.h. */
#include "harness/comparison.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/memory.h"

static double value_of(const struct outcome *outcome,
                       const struct comparison_row *row)
{
    if (!row->event)
        return outcome->measures[row->column.measure];
    const struct event_count *event =
        event_counts_find(&outcome->events, row->event);
    return event ? event->count : NAN;
}

/* Of all invocations that have one; the caller frees them. */
static double *values_of(const struct comparand_cell *cell,
                         const struct comparison_row *row, size_t *count)
{
    double *values = xcalloc(cell->count + 1, sizeof *values);
    *count = 0;
    for (size_t i = 0; i < cell->count; i++) {
        double value = value_of(&cell->items[i].outcome, row);
        if (!isnan(value))
            values[(*count)++] = value;
    }
    return values;
}

static struct interval paired_ratio(const struct comparand_cell *a,
                                    const struct comparand_cell *b,
                                    const struct comparison_row *row)
{
    double *below = xcalloc(a->count + 1, sizeof *below);
    double *above = xcalloc(a->count + 1, sizeof *above);
    size_t count = 0;
    for (size_t i = 0, k = 0; comparand_both(a, b, &i, &k); i++) {
        below[count] = value_of(&a->items[i].outcome, row);
        above[count] = value_of(&b->items[k].outcome, row);
        count += !isnan(below[count]) && !isnan(above[count]);
    }
    struct interval ratio = interval_paired_ratio(above, below, count);
    free(below);
    free(above);
    return ratio;
}

/* The modes that an event was counted in: bits, 0 where it was not. */
static int modes_of(const struct comparand_cell *cell, const char *name)
{
    for (size_t i = 0; i < cell->count; i++) {
        const struct event_count *event =
            event_counts_find(&cell->items[i].outcome.events, name);
        if (event && !event->why)
            return event->user | event->kernel << 1;
    }
    return 0;
}

static const char *why_no_ratio(const struct comparison_pair *pair,
                                const struct comparison_row *row)
{
    if (!row->a.count && !row->b.count)
        return "neither measured it";
    if (!row->a.count || !row->b.count)
        return row->a.count ? "B did not measure it" : "A did not measure it";
    if (row->event &&
        modes_of(pair->a, row->event) != modes_of(pair->b, row->event))
        return "counted in other modes of the processor";
    return isnan(row->ratio.estimate) ? "no invocation of both measured it"
                                      : NULL;
}

static void compare_row(const struct comparison_pair *pair,
                        struct comparison_row *row)
{
    size_t a_count, b_count;
    double *a = values_of(pair->a, row, &a_count);
    double *b = values_of(pair->b, row, &b_count);
    row->a = interval_median(a, a_count);
    row->b = interval_median(b, b_count);
    row->scatter_a = scatter_find(a, a_count);
    row->scatter_b = scatter_find(b, b_count);
    row->ratio = pair->unpaired ? interval_ratio(b, b_count, a, a_count)
                                : paired_ratio(pair->a, pair->b, row);
    row->why = why_no_ratio(pair, row);
    if (row->why)
        row->ratio = (struct interval){NAN, NAN, NAN, 0};
    row->verdict = interval_verdict(row->ratio);
    free(a);
    free(b);
}

static void add_row(struct comparison_pair *pair, struct comparison_row row)
{
    compare_row(pair, &row);
    pair->rows = xreallocarray(pair->rows, pair->count + 1, sizeof *pair->rows);
    pair->rows[pair->count++] = row;
}

static bool has_event(const struct comparison_pair *pair, const char *name)
{
    for (size_t i = 0; i < pair->count; i++)
        if (pair->rows[i].event && !strcmp(pair->rows[i].event, name))
            return true;
    return false;
}

static void add_events(struct comparison_pair *pair,
                       const struct comparand_cell *cell)
{
    for (size_t i = 0; i < cell->count; i++) {
        const struct event_counts *events = &cell->items[i].outcome.events;
        for (size_t k = 0; k < events->count; k++) {
            const char *name = events->items[k].name;
            if (!has_event(pair, name))
                add_row(pair,
                        (struct comparison_row){
                            .column = {.key = name, .header = name, .unit = 1},
                            .group = "events of one worker",
                            .event = name});
        }
    }
}

static void add_steady(struct steady_sum *sums,
                       const struct comparand_cell *cell)
{
    for (size_t i = 0; i < cell->count; i++)
        for (int k = 0; k < BURSTS_SERIES; k++)
            steady_add(&sums[k], cell->items[i].outcome.steady[k]);
}

void comparison_measure(struct comparison_pair *pair)
{
    for (int group = 0; group < COLUMNS_GROUPS; group++)
        for (size_t i = 0; i < columns[group].count; i++)
            add_row(pair,
                    (struct comparison_row){.column = columns[group].items[i],
                                            .group = columns[group].title});
    add_events(pair, pair->a);
    add_events(pair, pair->b);
    add_steady(pair->steady_a, pair->a);
    add_steady(pair->steady_b, pair->b);
}
