/* cell-json.c: a cell, key by key; see cell-json.h. */
#include "harness/cell-json.h"

static json_t *settings_json(const struct setting *settings, size_t count)
{
    json_t *object = json_object();
    for (size_t i = 0; i < count; i++)
        json_object_set_new(object, settings[i].name,
                            json_string(settings[i].value));
    return object;
}

json_t *cell_words(char *const *words, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_string(words[i]));
    return array;
}

json_t *cell_json(const struct cell *cell)
{
    json_t *subject =
        json_pack("{s:s, s:s, s:o, s:o}", "name", cell->subject->name, "label",
                  cell->subject_label, "options",
                  settings_json(cell->options, cell->option_count), "prepare",
                  cell_words(cell->prepare, cell->prepare_count));
    json_t *workload =
        json_pack("{s:s, s:s, s:o}", "name", cell->workload->name, "label",
                  cell->workload_label, "parameters",
                  settings_json(cell->parameters, cell->parameter_count));
    json_t *json =
        json_pack("{s:s, s:o, s:o, s:i}", "id", cell->id, "subject", subject,
                  "workload", workload, "workers", (int)cell->workers);
    regime_put(json, &cell->regime);
    return json;
}

json_t *cells_json(const struct experiment *experiment)
{
    json_t *cells = json_array();
    for (size_t i = 0; i < experiment->cell_count; i++)
        json_array_append_new(cells, cell_json(&experiment->cells[i]));
    return cells;
}
