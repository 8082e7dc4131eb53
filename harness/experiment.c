/* experiment.c: reads an experiment file, all but its matrix. */
#include "harness/experiment.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "harness/cell.h"
#include "harness/declaration.h"
#include "harness/event-name.h"
#include "harness/matrix.h"
#include "harness/memory.h"
#include "harness/yaml.h"

enum { NAME_MAX_BYTES = 64, COUNTERS_MAX = 64 };

#define INTEGER(NAME, MINIMUM, MAXIMUM)                                        \
    {                                                                          \
        .name = NAME, .type = DECLARATION_INTEGER, .minimum = MINIMUM,         \
        .maximum = MAXIMUM, .unit = ""                                         \
    }

static const struct declaration seed = INTEGER("seed", 0, INT64_MAX);
static const struct declaration invocations = INTEGER("invocations", 1, 1000);

static const char *const keys[] = {"experiment",  "about",     "seed",
                                   "invocations", REGIME_KEYS, "counters",
                                   "matrix"};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static int read_integer(struct node root, const struct declaration *declaration,
                        int64_t *number, struct error *error)
{
    struct node node = node_find(root, declaration->name);
    return node_present(node)
               ? declaration_number(declaration, node, number, error)
               : 0;
}

static int read_integers(struct experiment *experiment, struct node root,
                         struct error *error)
{
    int64_t numbers[] = {1, 1};
    if (read_integer(root, &seed, &numbers[0], error) ||
        read_integer(root, &invocations, &numbers[1], error))
        return -1;
    experiment->seed = (uint64_t)numbers[0];
    experiment->invocations = (unsigned)numbers[1];
    return 0;
}

/* The name is also that of the directory of results. */
static int read_name(struct experiment *experiment, struct node root,
                     struct error *error)
{
    struct node node = node_find(root, "experiment");
    if (!node_present(node))
        return node_error(root, error, "the key 'experiment' is missing");
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

static int read_about(struct experiment *experiment, struct node root,
                      struct error *error)
{
    struct node node = node_find(root, "about");
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

static int read_counters(struct experiment *experiment, struct node root,
                         struct error *error)
{
    struct node list = node_find(root, "counters");
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

static int read_matrix(struct experiment *experiment, struct node root,
                       const struct catalogue *catalogue, struct error *error)
{
    struct node matrix = node_find(root, "matrix");
    if (!node_present(matrix))
        return node_error(root, error, "the key 'matrix' is missing");
    return matrix_read(experiment, matrix,
                       node_find(root, "requests-per-burst"), catalogue, error);
}

static int read_all(struct experiment *experiment, const struct yaml *yaml,
                    const struct catalogue *catalogue, struct error *error)
{
    struct node root = yaml_root(yaml);
    if (node_expect(root, NODE_MAPPING, "a mapping", error) ||
        node_expect_keys(root, keys, COUNT(keys), error) ||
        read_name(experiment, root, error) ||
        read_about(experiment, root, error) ||
        read_integers(experiment, root, error) ||
        read_counters(experiment, root, error) ||
        regime_read(&experiment->regime, root, error))
        return -1;
    return read_matrix(experiment, root, catalogue, error);
}

int experiment_open(struct experiment *experiment, const char *path,
                    const struct catalogue *catalogue, struct error *error)
{
    *experiment = (struct experiment){.regime = regime_default()};
    struct yaml *yaml;
    if (yaml_open(path, &yaml, error))
        return -1;
    experiment->path = xstrdup(path);
    size_t length;
    const char *bytes = yaml_bytes(yaml, &length);
    snprintf(experiment->hash, sizeof experiment->hash, "%016" PRIx64,
             (uint64_t)XXH64(bytes, length, 0));
    int status = read_all(experiment, yaml, catalogue, error);
    yaml_close(yaml);
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
    *experiment = (struct experiment){.regime = regime_default()};
}
