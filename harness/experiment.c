/* experiment.c: reads an experiment file, all but its matrix. */
#include "harness/experiment.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cell.h"
#include "harness/change-hint.h"
#include "harness/declaration.h"
#include "harness/event-name.h"
#include "harness/experiment-path.h"
#include "harness/keys.h"
#include "harness/layers.h"
#include "harness/matrix.h"
#include "harness/memory.h"
#include "harness/published.h"
#include "harness/yaml.h"

static const char *const keys[] = {EXPERIMENT_KEYS(
    KEY_NAME, KEY_NAME) REGIME_KEYS(KEY_NAME, KEY_NAME, KEY_NAME)};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static int read_integers(struct experiment *experiment,
                         const struct layers *layers, struct error *error)
{
#define READ_INTEGER(NAME, MEMBER, DEFAULT, MINIMUM, MAXIMUM, UNIT, MEANING)   \
    number = DEFAULT;                                                          \
    if (key_integer(layers_find(layers, NAME), NAME, MINIMUM, MAXIMUM, UNIT,   \
                    &number, error))                                           \
        return -1;                                                             \
    experiment->MEMBER = (typeof(experiment->MEMBER))number;
#define NOTHING(...)
    int64_t number;
    EXPERIMENT_KEYS(READ_INTEGER, NOTHING)
    return 0;
}

/* The name is also that of the directory of results. */
static int read_name(struct experiment *experiment, const struct layers *layers,
                     struct error *error)
{
    struct node node = layers_find(layers, "experiment");
    if (!node_present(node))
        return node_error(layers_place(layers), error,
                          "the key 'experiment' is missing");
    if (node_expect(node, NODE_SCALAR, "a name", error))
        return -1;
    const char *name = node_text(node);
    bool fit = *name && strlen(name) <= NAME_MAX_BYTES;
    for (const char *c = name; *c; c++)
        fit = fit && isascii((unsigned char)*c) &&
              (isalnum((unsigned char)*c) || *c == '-' || *c == '_');
    if (!fit)
        return node_error(node, error,
                          "'%s' is no name: it has 1 to %d letters, digits, "
                          "'-' and '_'",
                          name, NAME_MAX_BYTES);
    experiment->name = xstrdup(name);
    return 0;
}

static int read_about(struct experiment *experiment,
                      const struct layers *layers, struct error *error)
{
    struct node node = layers_find(layers, "about");
    if (node_present(node) && node_expect(node, NODE_SCALAR, "a text", error))
        return -1;
    experiment->about = xstrdup(node_present(node) ? node_text(node) : "");
    return 0;
}

static int read_counter(struct experiment *experiment, struct node item,
                        struct error *error)
{
    struct error cause;
    if (node_expect(item, NODE_SCALAR, "the name of a counter", error))
        return -1;
    const char *name = node_text(item);
    for (size_t i = 0; i < experiment->counter_count; i++)
        if (strcmp(experiment->counters[i], name) == 0)
            return node_error(item, error, "counter '%s' is given twice", name);
    if (event_name_check(name, &cause))
        return node_error(item, error, "%s", cause.text);
    experiment->counters[experiment->counter_count++] = xstrdup(name);
    return 0;
}

static int read_counters(struct experiment *experiment,
                         const struct layers *layers, struct error *error)
{
    struct node list = layers_find(layers, "counters");
    if (node_present(list) &&
        node_expect(list, NODE_LIST, "a list of counters", error))
        return -1;
    if (node_count(list) > COUNTERS_MAX)
        return node_error(list, error, "more than %d counters", COUNTERS_MAX);
    experiment->counters =
        xcalloc(node_count(list), sizeof *experiment->counters);
    for (size_t i = 0; i < node_count(list); i++)
        if (read_counter(experiment, node_item(list, i), error))
            return -1;
    return 0;
}

/* From the lowermost layer up. */
static int read_regime(struct experiment *experiment,
                       const struct layers *layers, struct error *error)
{
    for (size_t i = layers->count; i > 0; i--)
        if (regime_read(&experiment->regime, yaml_root(layers->items[i - 1]),
                        error))
            return -1;
    return 0;
}

/* What a change was meant to be is known better than the nearest word. */
static int refuse_key(const struct layers *layers, size_t i,
                      struct catalogue *catalogue, struct error *error)
{
    struct node root = yaml_root(layers->items[i]), key = node_key(root, 0);
    char *hint =
        i < layers->changes ? change_hint(layers, root, catalogue) : NULL;
    if (hint)
        node_error(key, error, "unknown key '%s': %s", node_text(key), hint);
    free(hint);
    return -1;
}

static int expect_keys(const struct layers *layers, struct catalogue *catalogue,
                       struct error *error)
{
    for (size_t i = 0; i < layers->count; i++)
        if (node_expect_keys(yaml_root(layers->items[i]), keys, COUNT(keys),
                             error))
            return refuse_key(layers, i, catalogue, error);
    return 0;
}

static int read_all(struct experiment *experiment, const struct layers *layers,
                    struct catalogue *catalogue, struct error *error)
{
    return expect_keys(layers, catalogue, error) ||
                   read_name(experiment, layers, error) ||
                   read_about(experiment, layers, error) ||
                   read_integers(experiment, layers, error) ||
                   read_counters(experiment, layers, error) ||
                   read_regime(experiment, layers, error) ||
                   matrix_read(experiment, layers, catalogue, error) ||
                   published_read(experiment, layers, error)
               ? -1
               : 0;
}

/* Results tell it, and they are UTF-8. */
static int check_path(const char *path, struct error *error)
{
    return path_is_utf8(path)
               ? 0
               : error_set(error,
                           "%s: the path of an experiment file must be UTF-8, "
                           "as the results that tell it are: rename it",
                           path);
}

int experiment_open(struct experiment *experiment, const char *path,
                    char *const *changes, struct catalogue *catalogue,
                    struct error *error)
{
    *experiment = (struct experiment){.path = xstrdup(path),
                                      .regime = regime_default(),
                                      .published = json_array()};
    struct layers layers = {0};
    int status =
        check_path(path, error) || layers_open(&layers, path, changes, error)
            ? -1
            : 0;
    if (status == 0) {
        snprintf(experiment->hash, sizeof experiment->hash, "%016" PRIx64,
                 layers_hash(&layers));
        status = read_all(experiment, &layers, catalogue, error);
    }
    layers_close(&layers);
    if (status)
        experiment_close(experiment);
    return status;
}

void experiment_close(struct experiment *experiment)
{
    free(experiment->name);
    free(experiment->about);
    free(experiment->path);
    regime_clear(&experiment->regime);
    for (size_t i = 0; i < experiment->counter_count; i++)
        free(experiment->counters[i]);
    free(experiment->counters);
    for (size_t i = 0; i < experiment->cell_count; i++)
        cell_clear(&experiment->cells[i]);
    free(experiment->cells);
    for (size_t i = 0; i < experiment->left_out_count; i++) {
        free(experiment->left_out[i].subject);
        free(experiment->left_out[i].why);
    }
    free(experiment->left_out);
    for (size_t i = 0; i < experiment->excluded_count; i++)
        free(experiment->excluded[i].selection);
    free(experiment->excluded);
    json_decref(experiment->published);
    *experiment = (struct experiment){0};
}
