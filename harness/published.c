/* published.c: holds what was measured against what was published; see
 * published.h. */
#include "harness/published.h"

#include <math.h>
#include <stdlib.h>

#include "harness/interleaving.h"
#include "harness/memory.h"

enum published_verdict published_judge(double value, double within,
                                       struct interval ours, bool is_ratio)
{
    if (isnan(ours.estimate))
        return PUBLISHED_ABSENT;
    if (isnan(ours.low))
        return PUBLISHED_TOO_FEW;
    if (ours.low - within <= value && value <= ours.high + within)
        return PUBLISHED_REPRODUCED;
    if (is_ratio &&
        ((ours.high < 1 && value < 1) || (ours.low > 1 && value > 1)))
        return PUBLISHED_DIRECTION;
    return PUBLISHED_REFUTED;
}

static const char *text_of(const json_t *item, const char *key)
{
    return json_string_value(json_object_get(item, key));
}

const char *published_left_out(const json_t *item)
{
    const char *why = text_of(item, "cell_why");
    return why ? why : text_of(item, "against_why");
}

/* What the invocations measured that a cell has, or if `against` is given that
 * both have, those of the other beside them; returns how many. */
static size_t gather(const struct measured *measured, const char *cell,
                     const char *against, enum measure measure,
                     unsigned invocations, double *values, double *others)
{
    size_t count = 0;
    for (unsigned i = 1; i <= invocations; i++) {
        values[count] = measured->value(measured->context, cell, i, measure);
        if (against)
            others[count] =
                measured->value(measured->context, against, i, measure);
        count += !isnan(values[count]) && !(against && isnan(others[count]));
    }
    return count;
}

/* Of one cell, or with `against` as a multiple of the other: invocation by
 * invocation if the two were measured in turn. */
static struct interval measure(const json_t *item, const struct column *column,
                               const struct measured *measured,
                               unsigned invocations)
{
    const char *cell = text_of(item, "cell");
    const char *against = text_of(item, "against");
    double *values = xcalloc(invocations, sizeof *values);
    double *others = xcalloc(invocations, sizeof *others);
    struct interval interval;
    size_t count = gather(measured, cell, against, MEASURE_STARTED, invocations,
                          values, others);
    bool paired = against && interleaving_is(values, others, count);
    count = gather(measured, cell, paired ? against : NULL, column->measure,
                   invocations, values, others);
    if (!against)
        interval = interval_median(values, count);
    else if (paired)
        interval = interval_paired_ratio(values, others, count);
    else
        interval =
            interval_ratio(values, count, others,
                           gather(measured, against, NULL, column->measure,
                                  invocations, others, NULL));
    free(values);
    free(others);
    return interval;
}

static void add(struct published_rows *rows, const json_t *item,
                const struct measured *measured, unsigned invocations)
{
    const char *key = text_of(item, "measure");
    struct published_row row = {
        .item = item,
        .column = key ? column_find(key) : NULL,
        .ours = {NAN, NAN, NAN, 0},
    };
    const json_t *value = json_object_get(item, "value");
    const json_t *within = json_object_get(item, "within");
    if (!row.column || !json_is_number(value) || !json_is_number(within) ||
        !text_of(item, "what") || !text_of(item, "source") ||
        (!text_of(item, "cell") && !published_left_out(item)))
        return;
    if (!published_left_out(item))
        row.ours = measure(item, row.column, measured, invocations);
    row.verdict =
        published_judge(json_number_value(value), json_number_value(within),
                        row.ours, json_object_get(item, "against"));
    rows->items =
        xreallocarray(rows->items, rows->count + 1, sizeof *rows->items);
    rows->items[rows->count++] = row;
}

struct published_rows published_open(json_t *description,
                                     const struct measured *measured)
{
    struct published_rows rows = {.description = json_incref(description)};
    unsigned invocations = (unsigned)json_integer_value(
        json_object_get(description, "invocations"));
    const json_t *item;
    size_t i;
    json_array_foreach(json_object_get(description, "published"), i, item)
        add(&rows, item, measured, invocations);
    return rows;
}

void published_close(struct published_rows *rows)
{
    free(rows->items);
    json_decref(rows->description);
    *rows = (struct published_rows){0};
}

bool published_complete(const struct published_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        if (rows->items[i].verdict == PUBLISHED_ABSENT &&
            !published_left_out(rows->items[i].item))
            return false;
    return true;
}
