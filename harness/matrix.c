/* matrix.c: from factors to cells; see matrix.h. */
#include "harness/matrix.h"

#include <stdlib.h>
#include <string.h>

#include "harness/cell-json.h"
#include "harness/cell.h"
#include "harness/factors.h"
#include "harness/keys.h"
#include "harness/layer-filter.h"
#include "harness/memory.h"

static const char *const matrix_keys[] = {MATRIX_KEYS(KEY_NAME)};
static const char *const include_keys[] = {
    MATRIX_KEYS(KEY_NAME) REGIME_KEYS(KEY_NAME, KEY_NAME, KEY_NAME)};
static const char *const override_keys[] = {
    OVERRIDE_KEYS(KEY_NAME) REGIME_KEYS(KEY_NAME, KEY_NAME, KEY_NAME)};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* A matrix under way: the experiment's cells, and what each is to be blamed
 * on. */
struct matrix {
    struct experiment *experiment;
    const struct layers *layers;
    struct catalogue *catalogue;
    struct node *places; /* as many as there are cells */
};

/* The products. */

static unsigned worker_depth(const struct factors *factors, size_t index)
{
    size_t rank = 0;
    for (size_t i = 0; i < factors->worker_count; i++)
        rank += factors->workers[i] < factors->workers[index];
    return axis_depth(rank, factors->worker_count);
}

static int multiply(struct matrix *matrix, const struct factors *factors,
                    const struct regime *regime, struct error *error)
{
    struct experiment *experiment = matrix->experiment;
    size_t subjects = factors->subjects.count, count;
    if (__builtin_mul_overflow(subjects, factors->workloads.count, &count) ||
        __builtin_mul_overflow(count, factors->worker_count, &count) ||
        count > CELLS_MAX - experiment->cell_count)
        return node_error(factors->place, error,
                          "the matrix has more than %d cells: give shorter "
                          "lists",
                          CELLS_MAX);
    size_t total = experiment->cell_count + count;
    experiment->cells =
        xreallocarray(experiment->cells, total, sizeof *experiment->cells);
    matrix->places =
        xreallocarray(matrix->places, total, sizeof *matrix->places);
    for (size_t i = 0; i < count; i++) {
        size_t workers = i / subjects % factors->worker_count;
        size_t workload = i / subjects / factors->worker_count;
        struct node place = factors->worker_places[workers];
        matrix->places[experiment->cell_count] =
            node_present(place) ? place : factors->place;
        experiment->cells[experiment->cell_count] = cell_make(
            regime, &factors->subjects.items[i % subjects],
            &factors->workloads.items[workload], factors->workers[workers]);
        unsigned depth = worker_depth(factors, workers);
        struct cell *cell = &experiment->cells[experiment->cell_count++];
        if (cell->depth < depth)
            cell->depth = depth;
    }
    return 0;
}

/* A factor of an item of `include`, else the matrix's. */
static struct node factor_of(const struct matrix *matrix, struct node include,
                             const char *key)
{
    struct node own = node_find(include, key);
    return node_present(own) ? own : layers_factor(matrix->layers, key);
}

/* The cells of the matrix itself, or of an item of `include`. */
static int read_product(struct matrix *matrix, struct node include,
                        struct node place, const struct regime *regime,
                        struct error *error)
{
    struct factors factors = {.experiment = matrix->experiment,
                              .catalogue = matrix->catalogue,
                              .place = place};
    int status = factors_read(&factors, factor_of(matrix, include, "subject"),
                              factor_of(matrix, include, "workload"),
                              factor_of(matrix, include, "workers"), error);
    if (status == 0)
        status = multiply(matrix, &factors, regime, error);
    factors_clear(&factors);
    return status;
}

static int read_matrix(struct matrix *matrix, struct error *error)
{
    const struct layers *layers = matrix->layers;
    for (size_t i = 0; i < layers->count; i++) {
        struct node node = node_find(yaml_root(layers->items[i]), "matrix");
        if (node_present(node) &&
            (node_expect(node, NODE_MAPPING, "a mapping", error) ||
             node_expect_keys(node, matrix_keys, COUNT(matrix_keys), error)))
            return -1;
    }
    struct node place = layers_find(layers, "matrix");
    if (!node_present(place))
        return node_error(layers_place(layers), error,
                          "the key 'matrix' is missing");
    return read_product(matrix, (struct node){0}, place,
                        &matrix->experiment->regime, error);
}

/* A list of the uppermost layer that has it; empty where none has. */
static int find_list(const struct matrix *matrix, const char *key,
                     const char *what, struct node *list, struct error *error)
{
    *list = layers_find(matrix->layers, key);
    return node_present(*list) ? node_expect(*list, NODE_LIST, what, error) : 0;
}

static int read_include(struct matrix *matrix, struct node item,
                        struct error *error)
{
    if (node_expect(item, NODE_MAPPING, "a mapping of factors", error) ||
        node_expect_keys(item, include_keys, COUNT(include_keys), error))
        return -1;
    struct regime regime = regime_copy(&matrix->experiment->regime);
    int status = regime_read(&regime, item, error);
    if (status == 0)
        status = read_product(matrix, item, item, &regime, error);
    regime_clear(&regime);
    return status;
}

static int read_includes(struct matrix *matrix, struct error *error)
{
    struct node list;
    if (find_list(matrix, "include", "a list of products", &list, error))
        return -1;
    for (size_t i = 0; i < node_count(list); i++)
        if (read_include(matrix, node_item(list, i), error))
            return -1;
    return 0;
}

/* What is changed of them. */

/* Opens a filter of the cells that there are, and says what it takes: one for
 * each cell, or NULL and the error at the node. */
static bool *select_cells(const struct matrix *matrix, struct node node,
                          struct error *error)
{
    struct experiment *experiment = matrix->experiment;
    struct cell_filter filter;
    if (node_expect(node, NODE_SCALAR, "KEY=VALUE,...", error))
        return NULL;
    json_t *cells = cells_json(experiment);
    bool *taken = NULL;
    if (layer_filter_open(&filter, matrix->layers, node, cells, error) == 0) {
        taken = xcalloc(experiment->cell_count, sizeof *taken);
        for (size_t i = 0; i < experiment->cell_count; i++)
            taken[i] = cell_filter_takes(&filter, json_array_get(cells, i), 0);
        cell_filter_close(&filter);
    }
    json_decref(cells);
    return taken;
}

static int exclude(struct matrix *matrix, struct node item, struct error *error)
{
    struct experiment *experiment = matrix->experiment;
    bool *taken = select_cells(matrix, item, error);
    if (!taken)
        return -1;
    size_t kept = 0;
    for (size_t i = 0; i < experiment->cell_count; i++)
        if (taken[i])
            cell_clear(&experiment->cells[i]);
        else {
            matrix->places[kept] = matrix->places[i];
            experiment->cells[kept++] = experiment->cells[i];
        }
    experiment->excluded =
        xreallocarray(experiment->excluded, experiment->excluded_count + 1,
                      sizeof *experiment->excluded);
    experiment->excluded[experiment->excluded_count++] = (struct excluded){
        xstrdup(node_text(item)), experiment->cell_count - kept};
    experiment->cell_count = kept;
    free(taken);
    return kept ? 0 : node_error(item, error, "no cell is left");
}

static int override(struct matrix *matrix, struct node item,
                    struct error *error)
{
    struct experiment *experiment = matrix->experiment;
    if (node_expect(item, NODE_MAPPING, "a mapping with the key 'only'",
                    error) ||
        node_expect_keys(item, override_keys, COUNT(override_keys), error))
        return -1;
    struct node only = node_find(item, "only");
    if (!node_present(only))
        return node_error(item, error, "the key 'only' is missing");
    bool *taken = select_cells(matrix, only, error);
    int status = taken ? 0 : -1;
    for (size_t i = 0; status == 0 && i < experiment->cell_count; i++)
        if (taken[i]) {
            matrix->places[i] = item;
            status = regime_read(&experiment->cells[i].regime, item, error);
        }
    free(taken);
    return status;
}

static int change(struct matrix *matrix, struct error *error)
{
    struct node excluded, overridden;
    if (find_list(matrix, "exclude", "a list of KEY=VALUE,...", &excluded,
                  error) ||
        find_list(matrix, "override", "a list of mappings", &overridden, error))
        return -1;
    for (size_t i = 0; i < node_count(excluded); i++)
        if (exclude(matrix, node_item(excluded, i), error))
            return -1;
    for (size_t i = 0; i < node_count(overridden); i++)
        if (override(matrix, node_item(overridden, i), error))
            return -1;
    return 0;
}

/* The whole. */

/* What all layers together say: one may take away what another relies on. */
static int check_memory(const struct matrix *matrix, size_t cell,
                        struct error *error)
{
    const char *key =
        regime_without_memory(&matrix->experiment->cells[cell].regime);
    if (!key)
        return 0;
    struct node place = layers_find(matrix->layers, key);
    return node_error(node_present(place) ? place : matrix->places[cell], error,
                      "%s needs memory: SIZE", key);
}

/* Whoever speaks for a server's processes cannot make one collect. */
static int check_collections(const struct matrix *matrix, size_t i,
                             struct error *error)
{
    const struct cell *cell = &matrix->experiment->cells[i];
    struct node place = layers_find(matrix->layers, "collections-first");
    return cell->regime.collections_first && *cell->subject->on_behalf_of
               ? node_error(node_present(place) ? place : matrix->places[i],
                            error,
                            "subject '%s' takes no collections-first: no "
                            "worker of %s can be told to collect; give it a "
                            "cell of its own without",
                            cell->subject->name, cell->subject->on_behalf_of)
               : 0;
}

static int finish_cells(struct matrix *matrix, struct error *error)
{
    struct experiment *experiment = matrix->experiment;
    struct node requests = layers_find(matrix->layers, "requests-per-burst");
    for (size_t i = 0; i < experiment->cell_count; i++) {
        struct cell *cell = &experiment->cells[i];
        struct node place = matrix->places[i];
        if (node_kind(place) != NODE_SCALAR && node_present(requests))
            place = requests;
        if (regime_check(&cell->regime, cell->workers, place, error))
            return -1;
        if (check_memory(matrix, i, error) ||
            check_collections(matrix, i, error))
            return -1;
        cell_finish(cell, &experiment->regime);
    }
    return 0;
}

/* Cells of one group side by side, each group where its first cell is. */
static void sort_into_groups(struct matrix *matrix)
{
    struct experiment *experiment = matrix->experiment;
    size_t count = experiment->cell_count, sorted = 0;
    struct cell *cells = xcalloc(count, sizeof *cells);
    struct node *places = xcalloc(count, sizeof *places);
    bool *moved = xcalloc(count, sizeof *moved);
    for (size_t first = 0; first < count; first++)
        for (size_t i = first; !moved[first] && i < count; i++)
            if (!moved[i] &&
                (i == first ||
                 cell_same_group(&cells[sorted - 1], &experiment->cells[i]))) {
                places[sorted] = matrix->places[i];
                cells[sorted++] = experiment->cells[i];
                moved[i] = i != first;
            }
    free(moved);
    free(matrix->places);
    free(experiment->cells);
    matrix->places = places;
    experiment->cells = cells;
}

/* A cell that comes a second time, or a second of its label in a group, could
 * not be told from the first. */
static int refuse_twice(const struct matrix *matrix, struct error *error)
{
    const struct experiment *experiment = matrix->experiment;
    for (size_t i = 0; i < experiment->cell_count; i++)
        for (size_t k = 0; k < i; k++) {
            const struct cell *cell = &experiment->cells[i],
                              *other = &experiment->cells[k];
            if (!strcmp(cell->id, other->id))
                return node_error(matrix->places[i], error,
                                  "'%s' with '%s' and %u workers is in the "
                                  "matrix twice",
                                  cell->subject_label, cell->workload_label,
                                  cell->workers);
            if (cell_same_group(cell, other) &&
                !strcmp(cell->subject_label, other->subject_label))
                return node_error(matrix->places[i], error,
                                  "the label '%s' is used twice: give each "
                                  "its own",
                                  cell->subject_label);
        }
    return 0;
}

int matrix_read(struct experiment *experiment, const struct layers *layers,
                struct catalogue *catalogue, struct error *error)
{
    struct matrix matrix = {
        .experiment = experiment, .layers = layers, .catalogue = catalogue};
    int status = read_matrix(&matrix, error);
    if (status == 0)
        status = read_includes(&matrix, error);
    if (status == 0)
        status = change(&matrix, error);
    if (status == 0)
        status = finish_cells(&matrix, error);
    if (status == 0) {
        sort_into_groups(&matrix);
        status = refuse_twice(&matrix, error);
    }
    free(matrix.places);
    return status;
}
