/* compare-table.c: a comparison as tables; see comparison.h. */
#include "harness/comparison.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/memory.h"
#include "harness/table.h"

static void add(struct table *table, char *text)
{
    table_add(table, text);
    free(text);
}

static void add_interval(struct table *table, struct interval interval,
                         double unit, int decimals)
{
    if (isnan(interval.estimate)) {
        table_add(table, "-");
        table_add(table, "");
        return;
    }
    add(table, xasprintf("%.*f", decimals, interval.estimate / unit));
    if (isnan(interval.low))
        table_add(table, "");
    else
        add(table, xasprintf("[%.*f, %.*f]", decimals, interval.low / unit,
                             decimals, interval.high / unit));
}

/* Enough digits to tell from 1 what is not 1. */
static int ratio_decimals(struct interval ratio)
{
    double distance = fabs(ratio.estimate - 1);
    return distance > 0 && distance < 0.001 ? 6 : 3;
}

static bool is_zero(const struct comparison_row *row)
{
    return row->a.estimate == 0 && row->b.estimate == 0 &&
           row->verdict != VERDICT_LOWER && row->verdict != VERDICT_HIGHER;
}

static bool is_absent(const struct comparison_row *row)
{
    return !row->a.count && !row->b.count;
}

static void print_rows(const struct comparison_row *rows, size_t count,
                       FILE *stream)
{
    struct table *table = table_new("lrlrlrll");
    static const char *const headers[] = {"measure", "A",     "95 %", "B",
                                          "95 %",    "B / A", "95 %", "B is"};
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        table_add(table, headers[i]);
    for (size_t i = 0; i < count; i++) {
        const struct comparison_row *row = &rows[i];
        if (is_absent(row) || is_zero(row))
            continue;
        table_add(table, row->column.header);
        add_interval(table, row->a, row->column.unit, row->column.decimals);
        add_interval(table, row->b, row->column.unit, row->column.decimals);
        add_interval(table, row->ratio, 1, ratio_decimals(row->ratio));
        table_add(table, row->why ? row->why : verdict_text(row->verdict));
    }
    table_print(table, stream);
    table_free(table);
}

/* The rows from `first` that stand under the same title end here. */
static size_t group_end(const struct comparison_pair *pair, size_t first)
{
    size_t end = first + 1;
    while (end < pair->count &&
           pair->rows[end].group == pair->rows[first].group)
        end++;
    return end;
}

static bool any_row(const struct comparison_row *rows, size_t count,
                    bool (*is)(const struct comparison_row *))
{
    for (size_t i = 0; i < count; i++)
        if (is(&rows[i]))
            return true;
    return false;
}

static bool is_shown(const struct comparison_row *row)
{
    return !is_absent(row) && !is_zero(row);
}

static bool is_measured(const struct comparison_row *row)
{
    return !is_absent(row);
}

/* Names rows, or a group of which all are so. */
static void print_names(const struct comparison_pair *pair, const char *intro,
                        bool (*is)(const struct comparison_row *), FILE *stream)
{
    const char *separator = intro;
    for (size_t first = 0, end; first < pair->count; first = end) {
        const struct comparison_row *rows = &pair->rows[first];
        end = group_end(pair, first);
        if (rows->group && is == is_absent &&
            !any_row(rows, end - first, is_measured)) {
            fprintf(stream, "%s%s", separator, rows->group);
            separator = "; ";
            continue;
        }
        for (size_t i = 0; i < end - first; i++)
            if (is(&rows[i])) {
                fprintf(stream, "%s%s", separator, rows[i].column.header);
                separator = "; ";
            }
    }
    if (separator != intro)
        fprintf(stream, ".\n");
}

static void print_steady(const struct comparison_pair *pair, FILE *stream)
{
    struct table *table = table_new("lll");
    bool any = false;
    table_add(table, "measure");
    table_add(table, "A");
    table_add(table, "B");
    for (int i = 0; i < BURSTS_SERIES; i++) {
        char *a = steady_text(&pair->steady_a[i], i == BURSTS_RATE);
        char *b = steady_text(&pair->steady_b[i], i == BURSTS_RATE);
        any |= strcmp(a, "-") || strcmp(b, "-");
        table_add(table, bursts_header((enum bursts_series)i));
        add(table, a);
        add(table, b);
    }
    if (any) {
        fprintf(stream, "\nsteady from burst, in every invocation\n");
        table_print(table, stream);
    }
    table_free(table);
}

/* What a reader of one median should know. */
static void print_side(const struct comparison_row *row, const char *side,
                       const struct comparand_cell *cell,
                       struct interval median, enum scatter scatter,
                       FILE *stream)
{
    if (median.count && median.count < cell->count)
        fprintf(stream, "%s of %s: measured in %zu of %zu invocations.\n",
                row->column.header, side, median.count, cell->count);
    if (scatter != SCATTER_PLAIN)
        fprintf(stream, "%s of %s: %s: look at the invocations one by one.\n",
                row->column.header, side, scatter_text(scatter));
}

static void print_invalid(const struct comparand_cell *cell, const char *side,
                          FILE *stream)
{
    const json_t *invalid;
    size_t i;
    json_array_foreach(cell->invalid, i, invalid) fprintf(
        stream,
        "%s is without invocation %" JSON_INTEGER_FORMAT
        ", which is invalid: %s: %s.\n",
        side, json_integer_value(json_object_get(invalid, "invocation")),
        json_string_value(json_object_get(invalid, "reason")),
        json_string_value(json_object_get(invalid, "detail")));
}

static void print_notes(const struct comparison_pair *pair, FILE *stream)
{
    fputc('\n', stream);
    print_names(pair, "0 in both: ", is_zero, stream);
    print_names(pair, "Measured in neither: ", is_absent, stream);
    for (size_t i = 0; i < pair->count; i++) {
        const struct comparison_row *row = &pair->rows[i];
        print_side(row, "A", pair->a, row->a, row->scatter_a, stream);
        print_side(row, "B", pair->b, row->b, row->scatter_b, stream);
    }
    print_invalid(pair->a, "A", stream);
    print_invalid(pair->b, "B", stream);
    if (pair->a->count < INTERVAL_COUNT_MIN ||
        pair->b->count < INTERVAL_COUNT_MIN)
        fprintf(stream,
                "Too few invocations: with fewer than %d each there is no "
                "interval, and nothing can be called the same or not.\n",
                INTERVAL_COUNT_MIN);
}

static void print_cell(const char *side, const struct comparand_cell *cell,
                       FILE *stream)
{
    const json_t *workers = json_object_get(cell->cell, "workers");
    fprintf(stream,
            "%s: %s, %s, %" JSON_INTEGER_FORMAT " workers: %zu valid "
            "invocation%s\n",
            side, comparand_text(cell, "subject", "label"),
            comparand_text(cell, "workload", "label"),
            json_integer_value(workers), cell->count,
            cell->count == 1 ? "" : "s");
}

static void print_pairing(const struct comparison_pair *pair, FILE *stream)
{
    if (pair->unpaired)
        fprintf(stream,
                "A and B are drawn independently, not compared invocation by "
                "invocation: %s.\n",
                pair->unpaired);
}

static void print_pair(const struct comparison_pair *pair, FILE *stream)
{
    print_cell("A", pair->a, stream);
    print_cell("B", pair->b, stream);
    for (size_t first = 0, end; first < pair->count; first = end) {
        const struct comparison_row *rows = &pair->rows[first];
        end = group_end(pair, first);
        if (!any_row(rows, end - first, is_shown))
            continue;
        if (rows->group)
            fprintf(stream, "\n%s\n", rows->group);
        print_rows(rows, end - first, stream);
    }
    print_steady(pair, stream);
    print_notes(pair, stream);
    print_pairing(pair, stream);
    fputc('\n', stream);
}

static void print_method(const struct comparison *comparison, FILE *stream)
{
    bool paired = false;
    for (size_t i = 0; i < comparison->count; i++)
        paired |= !comparison->pairs[i].unpaired;
    fprintf(stream,
            "Medians over valid invocations, in brackets their %.0f %% "
            "intervals; same: that of B / A covers 1, which between equals "
            "fails once in %.0f times.\n",
            100 * INTERVAL_LEVEL, 1 / (1 - INTERVAL_LEVEL));
    if (paired)
        fprintf(stream, "Cells that one run measured in turn are compared "
                        "invocation by invocation.\n");
}

void comparison_print(const struct comparison *comparison, FILE *stream)
{
    const json_t *item;
    size_t i;
    for (i = 0; i < comparison->count; i++)
        print_pair(&comparison->pairs[i], stream);
    json_array_foreach(comparison->missing, i, item)
        fprintf(stream, "Missing in %s: %s.\n",
                json_string_value(json_object_get(item, "side")),
                json_string_value(json_object_get(item, "cell")));
    print_method(comparison, stream);
}
