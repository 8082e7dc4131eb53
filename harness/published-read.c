/* published-read.c: the items of `published`; see published.h. */
#include "harness/published.h"

#include <math.h>
#include <stdlib.h>

#include "harness/cell-json.h"
#include "harness/keys.h"
#include "harness/layer-filter.h"
#include "harness/memory.h"
#include "harness/nearest.h"

static const char *const keys[] = {PUBLISHED_KEYS(KEY_NAME)};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* What the items select from. */
struct reader {
    const struct layers *layers;
    struct experiment *experiment;
    json_t *cells; /* the experiment's, then stand-ins for those left out */
};

/* A text that must be there. */
static const char *read_text(struct node item, const char *key,
                             struct error *error)
{
    struct node node = node_find(item, key);
    if (!node_present(node)) {
        node_error(item, error, "the key '%s' is missing", key);
        return NULL;
    }
    if (node_expect(node, NODE_SCALAR, "a text", error))
        return NULL;
    if (!*node_text(node)) {
        node_error(node, error, "'%s' is empty", key);
        return NULL;
    }
    return node_text(node);
}

/* A number in the unit of a column; where the key is missing it stays as it
 * is. */
static int read_number(struct node item, const char *key, double unit,
                       double *number, struct error *error)
{
    struct node node = node_find(item, key);
    if (!node_present(node))
        return 0;
    if (node_expect(node, NODE_SCALAR, "a number", error))
        return -1;
    const char *text = node_text(node);
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end || !isfinite(value * unit))
        return node_error(node, error,
                          "%s is '%s': give a number, such as 84 or 0.615", key,
                          text);
    *number = value * unit;
    return 0;
}

/* How far from the value ours may be: in its unit, or in percent of it.  A
 * tolerance as large as the value would let nothing at all reproduce it. */
static int read_within(struct node item, double unit, double value,
                       double *within, struct error *error)
{
    struct node absolute = node_find(item, "within");
    struct node percent = node_find(item, "within-percent");
    struct node given = node_present(percent) ? percent : absolute;
    if (node_present(absolute) && node_present(percent))
        return node_error(percent, error,
                          "within-percent stands beside within: give one of "
                          "them");
    if (read_number(item, "within", unit, within, error) ||
        read_number(item, "within-percent", fabs(value) / 100, within, error))
        return -1;
    const char *key = node_present(percent) ? "within-percent" : "within";
    if (*within < 0)
        return node_error(given, error, "%s is below 0", key);
    if (value != 0 && *within >= fabs(value))
        return node_error(given, error,
                          "%s is as much as the value, so that nothing at all "
                          "would reproduce it: give less, such as "
                          "within-percent: 25",
                          key);
    return 0;
}

static const struct column *read_measure(struct node item, struct error *error)
{
    const char *known[COLUMNS_GROUPS * COLUMNS_MAX];
    size_t count = 0;
    struct error cause;
    const char *key = read_text(item, "measure", error);
    if (!key)
        return NULL;
    for (size_t i = 0; i < COLUMNS_GROUPS; i++)
        for (size_t k = 0; k < columns[i].count; k++)
            known[count++] = columns[i].items[k].key;
    if (nearest_unknown("measure", key, known, count, &cause))
        node_error(node_find(item, "measure"), error, "%s", cause.text);
    return column_find(key);
}

/* Adds what the cells would be if the subject had not been left out, so that a
 * selection of it is none of a misspelt one. */
static void add_left_out(json_t *cells, const struct left_out *left_out,
                         size_t count)
{
    for (size_t i = 0; i < count; i++) {
        json_t *cell = json_deep_copy(json_array_get(cells, i));
        json_t *subject = json_object_get(cell, "subject");
        json_object_set_new(subject, "name", json_string(left_out->subject));
        json_object_set_new(subject, "label", json_string(left_out->subject));
        json_array_append_new(cells, cell);
    }
}

/* The cells that a selection takes: how many, and the id of the last; SIZE_MAX
 * where it is refused. */
static size_t count_cells(const struct reader *reader, struct node place,
                          const char **id, struct error *error)
{
    const struct experiment *experiment = reader->experiment;
    struct cell_filter filter;
    size_t count = 0;
    if (layer_filter_open(&filter, reader->layers, place, reader->cells, error))
        return SIZE_MAX;
    for (size_t i = 0; i < experiment->cell_count; i++)
        if (cell_filter_takes(&filter, json_array_get(reader->cells, i), 0)) {
            *id = experiment->cells[i].id;
            count++;
        }
    cell_filter_close(&filter);
    return count;
}

/* Puts the id of the one cell that is selected under a key into the item's
 * `member`, or null and the reason.  A layer above may have left none of it, or
 * several. */
static int read_cell(const struct reader *reader, struct node item,
                     const char *key, json_t *json, const char *member,
                     struct error *error)
{
    if (!read_text(item, key, error))
        return -1;
    struct node place = node_find(item, key);
    const char *id = NULL;
    size_t count = count_cells(reader, place, &id, error);
    if (count == SIZE_MAX)
        return -1;
    bool covered = layer_filter_is_covered(reader->layers, place);
    if (count > 1 && !covered)
        return node_error(place, error,
                          "'%s' takes %zu cells: a published number is held "
                          "against one, so say which",
                          node_text(place), count);
    if (count == 1)
        return json_object_set_new(json, member, json_string(id));
    char *why = xasprintf("%s_why", member);
    json_object_set_new(json, member, json_null());
    json_object_set_new(
        json, why,
        count ? json_sprintf("%s takes %zu cells here", node_text(place), count)
              : json_sprintf("%s is left out", node_text(place)));
    free(why);
    return 0;
}

static int read_item(const struct reader *reader, struct node item,
                     struct error *error)
{
    if (node_expect(item, NODE_MAPPING, "a mapping with the key 'what'",
                    error) ||
        node_expect_keys(item, keys, COUNT(keys), error))
        return -1;
    double value = NAN, within = 0;
    const char *what = read_text(item, "what", error);
    const char *source = what ? read_text(item, "source", error) : NULL;
    const struct column *column = source ? read_measure(item, error) : NULL;
    if (!column)
        return -1;
    bool is_ratio = node_present(node_find(item, "against"));
    double unit = is_ratio ? 1 : column->unit;
    if (read_number(item, "value", unit, &value, error))
        return -1;
    if (isnan(value))
        return node_error(item, error, "the key 'value' is missing");
    if (read_within(item, unit, value, &within, error))
        return -1;
    json_t *json =
        json_pack("{s:s, s:s, s:s, s:f, s:f}", "what", what, "source", source,
                  "measure", column->key, "value", value, "within", within);
    int status = read_cell(reader, item, "only", json, "cell", error);
    if (status == 0 && is_ratio)
        status = read_cell(reader, item, "against", json, "against", error);
    if (status == 0)
        json_array_append(reader->experiment->published, json);
    json_decref(json);
    return status;
}

int published_read(struct experiment *experiment, const struct layers *layers,
                   struct error *error)
{
    struct node list = layers_find(layers, "published");
    if (node_present(list) &&
        node_expect(list, NODE_LIST, "a list of mappings", error))
        return -1;
    if (node_count(list) > PUBLISHED_MAX)
        return node_error(list, error, "more than %d published numbers",
                          PUBLISHED_MAX);
    if (node_count(list) == 0)
        return 0;
    struct reader reader = {layers, experiment, cells_json(experiment)};
    int status = 0;
    for (size_t i = 0; i < experiment->left_out_count; i++)
        add_left_out(reader.cells, &experiment->left_out[i],
                     experiment->cell_count);
    for (size_t i = 0; i < node_count(list) && status == 0; i++)
        status = read_item(&reader, node_item(list, i), error);
    json_decref(reader.cells);
    return status;
}
