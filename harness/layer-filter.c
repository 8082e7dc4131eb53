/* layer-filter.c: see layer-filter.h. */
#include "harness/layer-filter.h"

#include <string.h>

static const char *const factors[] = {"subject", "workload", "workers"};

#define FACTORS (sizeof factors / sizeof *factors)

static bool is_above(const struct layers *layers, struct node upper,
                     struct node node)
{
    return node_present(upper) &&
           layers_level(layers, upper) < layers_level(layers, node);
}

static bool lists_above(const struct layers *layers, struct node node)
{
    return is_above(layers, layers_find(layers, "include"), node) ||
           is_above(layers, layers_find(layers, "exclude"), node);
}

static bool factor_above(const struct layers *layers, const char *factor,
                         struct node node)
{
    return is_above(layers, layers_factor(layers, factor), node);
}

bool layer_filter_is_covered(const struct layers *layers, struct node node)
{
    bool covered = lists_above(layers, node);
    for (size_t i = 0; i < FACTORS; i++)
        covered = covered || factor_above(layers, factors[i], node);
    return covered;
}

/* The factor that a key is about; NULL: an option, a parameter or the id of a
 * cell, which any of them may change. */
static const char *factor_of(const char *key)
{
    if (!strcmp(key, "collector") || !strcmp(key, "prepare"))
        return "subject";
    for (size_t i = 0; i < FACTORS; i++)
        if (!strcmp(key, factors[i]))
            return factors[i];
    return NULL;
}

static bool names_what_is_covered(const struct cell_filter *filter,
                                  const struct layers *layers, struct node node)
{
    for (size_t i = 0; i < filter->count; i++) {
        const char *factor = factor_of(filter->terms[i].key);
        if (factor ? factor_above(layers, factor, node)
                   : layer_filter_is_covered(layers, node))
            return true;
    }
    return lists_above(layers, node);
}

int layer_filter_open(struct cell_filter *filter, const struct layers *layers,
                      struct node node, const json_t *cells,
                      struct error *error)
{
    struct error cause, again;
    if (cell_filter_open(filter, node_text(node), cells, 0, &cause) == 0)
        return 0;
    if (cell_filter_read(filter, node_text(node), &again) == 0) {
        if (names_what_is_covered(filter, layers, node))
            return 0;
        cell_filter_close(filter);
    }
    return node_error(node, error, "%s", cause.text);
}
