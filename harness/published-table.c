/* published-table.c: published numbers and ours as a table, and as JSON; see
 * published.h. */
#include "harness/published.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/interval-json.h"
#include "harness/memory.h"
#include "harness/table.h"

static const char *const verdict_texts[] = {
    [PUBLISHED_ABSENT] = "-",
    [PUBLISHED_TOO_FEW] = "too few",
    [PUBLISHED_REPRODUCED] = "reproduces",
    [PUBLISHED_DIRECTION] = "same direction",
    [PUBLISHED_REFUTED] = "does not",
};

static const char *text_of(const json_t *item, const char *key)
{
    return json_string_value(json_object_get(item, key));
}

static double number_of(const json_t *item, const char *key)
{
    return json_number_value(json_object_get(item, key));
}

/* The label of the subject of a cell; NULL where there is no such cell. */
static const char *subject_of(const struct published_rows *rows, const char *id)
{
    const json_t *cell;
    size_t i;
    json_array_foreach(json_object_get(rows->description, "cells"), i, cell)
    {
        const char *its = text_of(cell, "id");
        if (id && its && !strcmp(its, id))
            return text_of(json_object_get(cell, "subject"), "label");
    }
    return NULL;
}

static void add(struct table *table, char *text)
{
    table_add(table, text);
    free(text);
}

/* How a row's numbers are printed: the unit, and enough digits for what people
 * publish. */
struct format {
    double unit;
    int decimals;
};

static struct format format_of(const struct published_row *row)
{
    if (json_object_get(row->item, "against"))
        return (struct format){1, 3};
    int decimals = row->column->decimals;
    return (struct format){row->column->unit, decimals < 2 ? 2 : decimals};
}

static void add_number(struct table *table, double value, struct format format)
{
    if (isnan(value))
        table_add(table, "-");
    else
        add(table, xasprintf("%.*f", format.decimals, value / format.unit));
}

static void add_interval(struct table *table, struct interval ours,
                         struct format format)
{
    add_number(table, ours.estimate, format);
    if (isnan(ours.low))
        table_add(table, "");
    else
        add(table,
            xasprintf("[%.*f, %.*f]", format.decimals, ours.low / format.unit,
                      format.decimals, ours.high / format.unit));
}

/* Ours as a multiple of theirs; NAN: there is none. */
static double times(const struct published_row *row)
{
    double value = number_of(row->item, "value");
    return value > 0 ? row->ours.estimate / value : NAN;
}

static void add_verdict(struct table *table, const struct published_row *row)
{
    const char *text = verdict_texts[row->verdict];
    if (row->verdict == PUBLISHED_REFUTED && !isnan(times(row)))
        add(table, xasprintf("%s: %.2f times", text, times(row)));
    else
        table_add(table, text);
}

static void add_row(struct table *table, const struct published_rows *rows,
                    const struct published_row *row)
{
    struct format format = format_of(row);
    const char *against = subject_of(rows, text_of(row->item, "against"));
    const char *subject = subject_of(rows, text_of(row->item, "cell"));
    table_add(table, text_of(row->item, "what"));
    table_add(table, subject ? subject : "-");
    add(table, against ? xasprintf("%s / %s", row->column->header, against)
                       : xstrdup(row->column->header));
    add_number(table, number_of(row->item, "value"), format);
    add_number(table, number_of(row->item, "within"), format);
    add_interval(table, row->ours, format);
    add_number(table, times(row), (struct format){1, 2});
    add_verdict(table, row);
}

static void print_notes(const struct published_rows *rows, FILE *stream)
{
    for (size_t i = 0; i < rows->count; i++) {
        const json_t *item = rows->items[i].item;
        const char *why = published_left_out(item);
        fprintf(stream, "%s: %s.\n", text_of(item, "what"),
                text_of(item, "source"));
        if (why)
            fprintf(stream, "%s: not measured: %s.\n", text_of(item, "what"),
                    why);
    }
    fprintf(stream,
            "reproduces: the published value lies in our %.0f %% interval, or "
            "no farther from it than +-, which the experiment file states; "
            "same direction: it does not, but both are multiples above 1, or "
            "both below.\n",
            100 * INTERVAL_LEVEL);
}

void published_print(const struct published_rows *rows, FILE *stream)
{
    static const char *const headers[] = {
        "published", "subject", "measure",       "theirs", "+-",
        "ours",      "95 %",    "ours / theirs", "verdict"};
    if (!rows->count)
        return;
    struct table *table = table_new("lllrrrlrl");
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        table_add(table, headers[i]);
    for (size_t i = 0; i < rows->count; i++)
        add_row(table, rows, &rows->items[i]);
    fprintf(stream, "published values and ours\n");
    table_print(table, stream);
    table_free(table);
    print_notes(rows, stream);
}

static json_t *row_json(const struct published_row *row)
{
    json_t *json = json_copy((json_t *)row->item);
    const char *why = published_left_out(row->item);
    bool absent = row->verdict == PUBLISHED_ABSENT;
    bool is_ratio = json_object_get(row->item, "against");
    json_object_set_new(
        json, "ours",
        absent ? json_null()
               : interval_json(row->ours, is_ratio ? "ratio" : "median"));
    json_object_set_new(json, "verdict",
                        absent ? json_null()
                               : json_string(verdict_texts[row->verdict]));
    if (!isnan(times(row)))
        json_object_set_new(json, "times", json_real(times(row)));
    if (absent) {
        why = why ? why : "no valid invocation measured it";
        json_object_set_new(json, "ours_why", json_string(why));
        json_object_set_new(json, "verdict_why", json_string(why));
    }
    return json;
}

json_t *published_json(const struct published_rows *rows)
{
    json_t *array = json_array();
    for (size_t i = 0; i < rows->count; i++)
        json_array_append_new(array, row_json(&rows->items[i]));
    return array;
}
