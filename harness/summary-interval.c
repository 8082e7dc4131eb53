/* summary-interval.c: see summary-interval.h. */
#include "harness/summary-interval.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "harness/interleaving.h"
#include "harness/interval-json.h"
#include "harness/memory.h"
#include "harness/scatter.h"
#include "harness/table.h"

/* The caller frees them. */
static double *values_of(const struct store *store, size_t cell,
                         enum measure measure, size_t *count)
{
    unsigned invocations = store->experiment->invocations;
    double *values = xcalloc(invocations, sizeof *values);
    *count = store_values(store, cell, measure, values);
    return values;
}

/* Of the invocations that are valid in both; the caller frees the values. */
static size_t both_of(const struct store *store, size_t cell, size_t other,
                      enum measure measure, double **left, double **right)
{
    unsigned invocations = store->experiment->invocations;
    size_t count = 0;
    *left = xcalloc(invocations, sizeof **left);
    *right = xcalloc(invocations, sizeof **right);
    for (unsigned i = 1; i <= invocations; i++) {
        const struct outcome *one = store_outcome(store, cell, i);
        const struct outcome *two = store_outcome(store, other, i);
        if (!one->valid || !two->valid || isnan(one->measures[measure]) ||
            isnan(two->measures[measure]))
            continue;
        (*left)[count] = one->measures[measure];
        (*right)[count++] = two->measures[measure];
    }
    return count;
}

bool summary_paired(const struct store *store, size_t cell, size_t other)
{
    double *left, *right;
    size_t count = both_of(store, cell, other, MEASURE_STARTED, &left, &right);
    bool paired = cell == other || interleaving_is(left, right, count);
    free(left);
    free(right);
    return paired;
}

struct interval summary_ratio(const struct store *store, size_t cell,
                              size_t other, enum measure measure)
{
    double *above, *below;
    struct interval ratio;
    if (summary_paired(store, cell, other)) {
        size_t count = both_of(store, cell, other, measure, &above, &below);
        ratio = interval_paired_ratio(above, below, count);
    } else {
        size_t above_count, below_count;
        above = values_of(store, cell, measure, &above_count);
        below = values_of(store, other, measure, &below_count);
        ratio = interval_ratio(above, above_count, below, below_count);
    }
    free(above);
    free(below);
    return ratio;
}

void summary_intervals_add(json_t *object, const struct store *store,
                           size_t cell, const struct columns *group)
{
    for (size_t i = 0; i < group->count; i++) {
        size_t count;
        double *values =
            values_of(store, cell, group->items[i].measure, &count);
        if (count)
            json_object_set_new(
                object, group->items[i].key,
                interval_json(interval_median(values, count), "median"));
        free(values);
    }
}

/* What the measures of all cells are looked at for. */
static const struct columns *const looked_at = &columns[COLUMNS_SERVED];

static const char *scatter_of(const struct store *store, size_t cell, size_t i)
{
    size_t count;
    double *values =
        values_of(store, cell, looked_at->items[i].measure, &count);
    const char *text = scatter_text(scatter_find(values, count));
    free(values);
    return text;
}

void summary_scatter_print(const struct store *store, FILE *stream)
{
    for (size_t cell = 0; cell < store->experiment->cell_count; cell++) {
        bool any = false;
        for (size_t i = 0; i < looked_at->count; i++) {
            const char *text = scatter_of(store, cell, i);
            if (!text)
                continue;
            if (!any)
                fprintf(stream, "Look at the invocations of %s one by one: ",
                        store->experiment->cells[cell].id);
            fprintf(stream, "%s%s: %s", any ? ", " : "",
                    looked_at->items[i].header, text);
            any = true;
        }
        if (any)
            fprintf(stream, ".\n");
    }
}

json_t *summary_scatter_json(const struct store *store, size_t cell)
{
    json_t *object = json_object();
    for (size_t i = 0; i < looked_at->count; i++) {
        const char *text = scatter_of(store, cell, i);
        if (text)
            json_object_set_new(object, looked_at->items[i].key,
                                json_string(text));
    }
    return object;
}

static struct steady_sum steady_of(const struct store *store, size_t cell,
                                   enum bursts_series series)
{
    struct steady_sum sum = {0};
    for (unsigned i = 1; i <= store->experiment->invocations; i++) {
        const struct outcome *outcome = store_outcome(store, cell, i);
        if (outcome->valid)
            steady_add(&sum, outcome->steady[series]);
    }
    return sum;
}

static bool any_known(const struct store *store, size_t first, size_t end)
{
    for (size_t cell = first; cell < end; cell++)
        for (int i = 0; i < BURSTS_SERIES; i++) {
            struct steady_sum sum =
                steady_of(store, cell, (enum bursts_series)i);
            if (sum.steady || sum.none)
                return true;
        }
    return false;
}

void summary_steady_print(const struct store *store, size_t first, size_t end,
                          FILE *stream)
{
    if (!any_known(store, first, end))
        return;
    struct table *table = table_new("lrrr");
    table_add(table, "subject");
    for (int i = 0; i < BURSTS_SERIES; i++)
        table_add(table, bursts_header((enum bursts_series)i));
    for (size_t cell = first; cell < end; cell++) {
        table_add(table, store->experiment->cells[cell].subject_label);
        for (int i = 0; i < BURSTS_SERIES; i++) {
            struct steady_sum sum =
                steady_of(store, cell, (enum bursts_series)i);
            char *text = steady_text(&sum, i == BURSTS_RATE);
            table_add(table, text);
            free(text);
        }
    }
    fprintf(stream, "\nsteady from burst, in every invocation\n");
    table_print(table, stream);
    table_free(table);
}

json_t *summary_steady_json(const struct store *store, size_t cell)
{
    json_t *object = json_object();
    for (int i = 0; i < BURSTS_SERIES; i++) {
        struct steady_sum sum = steady_of(store, cell, (enum bursts_series)i);
        json_object_set_new(object, bursts_key((enum bursts_series)i),
                            steady_json(&sum));
    }
    return object;
}
