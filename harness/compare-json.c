/* compare-json.c: a comparison as JSON; see comparison.h. */
#include "harness/comparison.h"

#include "harness/interval-json.h"

static json_t *cell_json(const struct comparand_cell *cell)
{
    return json_pack("{s:s, s:s, s:s, s:O?, s:I, s:O}", "id",
                     comparand_id(cell), "subject",
                     comparand_text(cell, "subject", "label"), "workload",
                     comparand_text(cell, "workload", "label"), "workers",
                     json_object_get(cell->cell, "workers"), "valid",
                     (json_int_t)cell->count, "invalid", cell->invalid);
}

static void set_scatter(json_t *side, enum scatter scatter)
{
    const char *text = scatter_text(scatter);
    if (text)
        json_object_set_new(side, "scatter", json_string(text));
}

static json_t *row_json(const struct comparison_row *row)
{
    json_t *a = interval_json(row->a, "median");
    json_t *b = interval_json(row->b, "median");
    set_scatter(a, row->scatter_a);
    set_scatter(b, row->scatter_b);
    json_t *json = json_pack("{s:o, s:o}", "a", a, "b", b);
    if (row->why) {
        json_object_set_new(json, "ratio", json_null());
        json_object_set_new(json, "ratio_why", json_string(row->why));
        json_object_set_new(json, "verdict", json_null());
        json_object_set_new(json, "verdict_why", json_string(row->why));
    } else {
        json_object_set_new(json, "ratio", interval_json(row->ratio, "ratio"));
        json_object_set_new(json, "verdict",
                            json_string(verdict_text(row->verdict)));
    }
    return json;
}

static json_t *steady_series_json(const struct comparison_pair *pair)
{
    json_t *object = json_object();
    for (int i = 0; i < BURSTS_SERIES; i++)
        json_object_set_new(object, bursts_key((enum bursts_series)i),
                            json_pack("{s:o, s:o}", "a",
                                      steady_json(&pair->steady_a[i]), "b",
                                      steady_json(&pair->steady_b[i])));
    return object;
}

static json_t *pair_json(const struct comparison_pair *pair)
{
    json_t *measures = json_object(), *events = json_object();
    for (size_t i = 0; i < pair->count; i++) {
        const struct comparison_row *row = &pair->rows[i];
        json_object_set_new(row->event ? events : measures, row->column.key,
                            row_json(row));
    }
    return json_pack("{s:o, s:o, s:b, s:s*, s:o, s:o, s:o}", "a",
                     cell_json(pair->a), "b", cell_json(pair->b), "paired",
                     !pair->unpaired, "paired_why", pair->unpaired, "measures",
                     measures, "events", events, "steady",
                     steady_series_json(pair));
}

json_t *comparison_json(const struct comparison *comparison)
{
    json_t *pairs = json_array();
    for (size_t i = 0; i < comparison->count; i++)
        json_array_append_new(pairs, pair_json(&comparison->pairs[i]));
    return json_pack("{s:s, s:s, s:o, s:o, s:O, s:O, s:O}", "a",
                     comparison->a->text, "b", comparison->b->text, "intervals",
                     interval_method_json(), "pairs", pairs, "missing",
                     comparison->missing, "machine_differences",
                     comparison->machines, "warnings", comparison->warnings);
}
