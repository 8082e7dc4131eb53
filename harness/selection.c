/* selection.c: reads what a figure shows. */
#include "harness/selection.h"

#include <stdlib.h>
#include <string.h>

#include "harness/memory.h"
#include "harness/nearest.h"
#include "harness/yaml.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char *const reductions[] = {"mean", "median", "maximum"};
static const char *const scales[] = {"linear", "log"};

static int read_text(struct node mapping, const char *key, struct node *node,
                     struct error *error)
{
    *node = node_find(mapping, key);
    if (!node_present(*node))
        return node_error(mapping, error, "'%s' is missing", key);
    return node_expect(*node, NODE_SCALAR, key, error);
}

static int read_copy(struct node mapping, const char *key, char **copy,
                     struct error *error)
{
    struct node node;
    if (read_text(mapping, key, &node, error) < 0)
        return -1;
    *copy = xstrdup(node_text(node));
    return 0;
}

/* Reads one word among the names; returns its index. */
static int read_word(struct node mapping, const char *key,
                     const char *const *names, size_t count,
                     struct error *error)
{
    struct node node;
    if (read_text(mapping, key, &node, error) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (strcmp(node_text(node), names[i]) == 0)
            return (int)i;
    nearest_unknown(key, node_text(node), names, count, error);
    return node_error(node, error, "%s", error->text);
}

static int read_axis(struct node mapping, struct axis *axis,
                     struct error *error)
{
    const char *names[16];
    int index;
    for (size_t i = 0; i < quantity_count; i++)
        names[i] = quantities[i].name;
    index = read_word(mapping, "quantity", names, quantity_count, error);
    if (index < 0)
        return -1;
    axis->quantity = &quantities[index];
    for (size_t i = 0; i < unit_count; i++)
        names[i] = units[i].name;
    index = read_word(mapping, "unit", names, unit_count, error);
    if (index < 0)
        return -1;
    axis->unit = &units[index];
    if (axis->unit->kind != axis->quantity->kind)
        return node_error(node_find(mapping, "unit"), error,
                          "'%s' is no unit of %s", axis->unit->name,
                          axis->quantity->name);
    return read_copy(mapping, "label", &axis->label, error);
}

static int read_axes(struct selection *selection, struct node x, struct node y,
                     struct error *error)
{
    static const char *const x_keys[] = {"quantity", "unit", "label", "scale"};
    int scale;
    if (node_expect(x, NODE_MAPPING, "the x axis", error) < 0 ||
        node_expect_keys(x, x_keys, COUNT(x_keys), error) < 0 ||
        read_axis(x, &selection->x, error) < 0 ||
        node_expect(y, NODE_MAPPING, "the y axis", error) < 0 ||
        node_expect_keys(y, x_keys, COUNT(x_keys) - 1, error) < 0 ||
        read_axis(y, &selection->y, error) < 0)
        return -1;
    if (selection->x.quantity->source != selection->y.quantity->source)
        return node_error(node_find(y, "quantity"), error,
                          "%s and %s are of different rows: one is of a "
                          "worker's sample, the other of a burst",
                          selection->y.quantity->name,
                          selection->x.quantity->name);
    scale = read_word(x, "scale", scales, COUNT(scales), error);
    selection->log_x = scale == 1;
    return scale < 0 ? -1 : 0;
}

static int read_selection(struct selection *selection, struct node root,
                          struct error *error)
{
    static const char *const keys[] = {"title",   "x",           "y",
                                       "workers", "invocations", "optional"};
    int workers, invocations;
    if (node_expect(root, NODE_MAPPING, "a selection", error) < 0 ||
        node_expect_keys(root, keys, COUNT(keys), error) < 0 ||
        read_copy(root, "title", &selection->title, error) < 0)
        return -1;
    for (size_t i = 1; i < 3; i++)
        if (!node_present(node_find(root, keys[i])))
            return node_error(root, error, "'%s' is missing", keys[i]);
    if (read_axes(selection, node_find(root, "x"), node_find(root, "y"),
                  error) < 0)
        return -1;
    workers = read_word(root, "workers", reductions, COUNT(reductions), error);
    if (workers < 0)
        return -1;
    invocations =
        read_word(root, "invocations", reductions, COUNT(reductions), error);
    if (invocations < 0)
        return -1;
    selection->workers = (enum reduction)workers;
    selection->invocations = (enum reduction)invocations;
    return node_boolean(root, "optional", &selection->optional, error);
}

int selection_open(struct selection *selection, const char *path,
                   struct error *error)
{
    const char *base = strrchr(path, '/');
    const char *dot = strrchr(path, '.');
    struct yaml *yaml;
    int outcome;
    memset(selection, 0, sizeof *selection);
    base = base ? base + 1 : path;
    dot = dot && dot > base ? dot : path + strlen(path);
    if (yaml_open(path, &yaml, error) < 0)
        return -1;
    selection->name = xasprintf("%.*s", (int)(dot - base), base);
    selection->script = xasprintf("%.*s.gp", (int)(dot - path), path);
    outcome = read_selection(selection, yaml_root(yaml), error);
    yaml_close(yaml);
    if (outcome < 0)
        selection_close(selection);
    return outcome;
}

void selection_close(struct selection *selection)
{
    free(selection->name);
    free(selection->script);
    free(selection->title);
    free(selection->x.label);
    free(selection->y.label);
    memset(selection, 0, sizeof *selection);
}
