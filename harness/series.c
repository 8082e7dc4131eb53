/* series.c: from samples and bursts to curves: rows give observations, those of
 * one invocation are reduced over its workers, and those over invocations. */
#include "harness/series.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_statistics.h>

#include "harness/memory.h"
#include "harness/statistics.h"

struct observation {
    double x, y;
};

struct observations {
    struct observation *items;
    size_t count;
};

static void observe(struct observations *observations, double x, double y)
{
    observations->items =
        xreallocarray(observations->items, observations->count + 1,
                      sizeof *observations->items);
    observations->items[observations->count++] = (struct observation){x, y};
}

static int by_x(const void *a, const void *b)
{
    double left = ((const struct observation *)a)->x;
    double right = ((const struct observation *)b)->x;
    return (left > right) - (left < right);
}

static double reduce(enum reduction reduction, double *values, size_t count)
{
    switch (reduction) {
    case REDUCTION_MEDIAN:
        return statistics_median(values, count);
    case REDUCTION_MAXIMUM:
        return gsl_stats_max(values, 1, count);
    case REDUCTION_MEAN:
        break;
    }
    return gsl_stats_mean(values, 1, count);
}

/* Sorts by x and calls `emit` for each x with all its values. */
static void for_each_x(struct observations *observations,
                       void (*emit)(double x, double *values, size_t count,
                                    void *context),
                       void *context)
{
    double *values = xcalloc(observations->count + 1, sizeof *values);
    size_t begin, end;
    if (observations->count)
        qsort(observations->items, observations->count,
              sizeof *observations->items, by_x);
    for (begin = 0; begin < observations->count; begin = end) {
        double x = observations->items[begin].x;
        for (end = begin;
             end < observations->count && observations->items[end].x == x;
             end++)
            values[end - begin] = observations->items[end].y;
        emit(x, values, end - begin, context);
    }
    free(values);
}

/* One worker's samples; of those at the same x the last counts. */
static void observe_worker(struct observations *observations,
                           const struct selection *selection,
                           const json_t *result, const json_t *worker)
{
    const json_t *samples = json_object_get(worker, "samples");
    size_t first = observations->count, i;
    json_t *sample;
    json_array_foreach((json_t *)samples, i, sample)
    {
        struct row row = {.result = result, .row = sample};
        double x = selection->x.quantity->value(&row);
        double y = selection->y.quantity->value(&row);
        if (observations->count > first &&
            observations->items[observations->count - 1].x == x)
            observations->count--;
        if (!isnan(x))
            observe(observations, x, y);
    }
}

static void observe_bursts(struct observations *observations,
                           const struct selection *selection,
                           const json_t *result)
{
    json_t *bursts = json_object_get(result, "bursts"), *burst;
    struct row row = {.result = result};
    size_t i;
    json_array_foreach(bursts, i, burst)
    {
        row.row = burst;
        row.served += json_number_value(json_object_get(burst, "requests"));
        row.spent_ns += json_number_value(json_object_get(burst, "ns"));
        observe(observations, selection->x.quantity->value(&row),
                selection->y.quantity->value(&row));
    }
}

struct over_workers {
    struct observations *out;
    enum reduction reduction;
    size_t workers;
};

/* A value counts when every worker has it. */
static void emit_invocation(double x, double *values, size_t count,
                            void *context)
{
    struct over_workers *over = context;
    if (count == over->workers && !isnan(gsl_stats_mean(values, 1, count)))
        observe(over->out, x, reduce(over->reduction, values, count));
}

static void observe_invocation(struct observations *out,
                               const struct selection *selection,
                               const json_t *result)
{
    struct observations rows = {0};
    struct over_workers over = {out, selection->workers, 1};
    json_t *workers = json_object_get(result, "workers"), *worker;
    size_t i;
    if (selection->x.quantity->source == SOURCE_BURSTS) {
        observe_bursts(&rows, selection, result);
    } else {
        over.workers = json_array_size(workers);
        json_array_foreach(workers, i, worker)
            observe_worker(&rows, selection, result, worker);
    }
    for_each_x(&rows, emit_invocation, &over);
    free(rows.items);
}

struct over_invocations {
    struct series *series;
    const struct selection *selection;
};

static void emit_point(double x, double *values, size_t count, void *context)
{
    struct over_invocations *over = context;
    struct series *series = over->series;
    double unit = over->selection->y.unit->in_base_units;
    struct point point = {.x = x / over->selection->x.unit->in_base_units};
    gsl_stats_minmax(&point.minimum, &point.maximum, values, 1, count);
    point.minimum /= unit;
    point.maximum /= unit;
    point.y = reduce(over->selection->invocations, values, count) / unit;
    series->points = xreallocarray(series->points, series->count + 1,
                                   sizeof *series->points);
    series->points[series->count++] = point;
}

/* --- grouping ------------------------------------------------------------ */

static int same_panel(const struct result *a, const struct result *b)
{
    int order = strcmp(a->workload_label, b->workload_label);
    return order ? order
                 : (a->workers > b->workers) - (a->workers < b->workers);
}

static int by_panel_and_subject(const void *a, const void *b)
{
    const struct result *left = *(const struct result *const *)a;
    const struct result *right = *(const struct result *const *)b;
    int order = same_panel(left, right);
    return order ? order : strcmp(left->subject_label, right->subject_label);
}

/* Makes one series of the first of the results; returns how many those are. */
static size_t make_series(struct panel *panel,
                          const struct result *const *results, size_t count,
                          const struct selection *selection)
{
    struct series series = {.subject_label = results[0]->subject_label};
    struct over_invocations over = {&series, selection};
    struct observations invocations = {0};
    size_t used;
    for (used = 0;
         used < count && by_panel_and_subject(&results[used], &results[0]) == 0;
         used++)
        observe_invocation(&invocations, selection, results[used]->json);
    for_each_x(&invocations, emit_point, &over);
    free(invocations.items);
    if (series.count) {
        panel->series = xreallocarray(panel->series, panel->count + 1,
                                      sizeof *panel->series);
        panel->series[panel->count++] = series;
    }
    return used;
}

struct panels panels_make(const struct result_set *results,
                          const struct selection *selection)
{
    const struct result **sorted = xcalloc(results->count + 1, sizeof *sorted);
    struct panels panels = {0};
    size_t i;
    for (i = 0; i < results->count; i++)
        sorted[i] = &results->items[i];
    qsort(sorted, results->count, sizeof *sorted, by_panel_and_subject);
    for (i = 0; i < results->count;) {
        if (i == 0 || same_panel(sorted[i], sorted[i - 1]) != 0) {
            panels.items = xreallocarray(panels.items, panels.count + 1,
                                         sizeof *panels.items);
            panels.items[panels.count++] = (struct panel){
                .workload_label = sorted[i]->workload_label,
                .workers = sorted[i]->workers,
            };
        }
        i += make_series(&panels.items[panels.count - 1], &sorted[i],
                         results->count - i, selection);
    }
    free(sorted);
    return panels;
}

void panels_free(struct panels *panels)
{
    for (size_t i = 0; i < panels->count; i++) {
        for (size_t j = 0; j < panels->items[i].count; j++)
            free(panels->items[i].series[j].points);
        free(panels->items[i].series);
    }
    free(panels->items);
    panels->items = NULL;
    panels->count = 0;
}
