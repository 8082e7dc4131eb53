/* layers.c: experiment files above each other; see layers.h. */
#include "harness/layers.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "harness/memory.h"

/* More is a circle. */
enum { FILES_MAX = 8 };

static void add(struct layers *layers, struct yaml *yaml)
{
    layers->items =
        xreallocarray(layers->items, layers->count + 1, sizeof *layers->items);
    layers->items[layers->count++] = yaml;
}

static bool is_factor(const char *key)
{
    static const char *const factors[] = {"subject", "workload", "workers"};
    for (size_t i = 0; i < sizeof factors / sizeof *factors; i++)
        if (!strcmp(key, factors[i]))
            return true;
    return false;
}

/* KEY=VALUE as a file of one line. */
static char *change_text(const char *change, struct error *error)
{
    const char *equals = strchr(change, '=');
    if (!equals || equals == change || strpbrk(change, "\n\r")) {
        error_set(error, "--set '%s': give KEY=VALUE, such as bursts=5",
                  change);
        return NULL;
    }
    char *key = xasprintf("%.*s", (int)(equals - change), change);
    if (!strcmp(key, "extends")) {
        error_set(error,
                  "--set '%s': extends cannot be set: write it into a file of "
                  "its own, beside the one that it extends, and give that",
                  change);
        free(key);
        return NULL;
    }
    const char *value = equals + 1;
    bool list = *value == '[';
    char *text = is_factor(key)
                     ? xasprintf("matrix: {%s: %s%s%s}\n", key, list ? "" : "[",
                                 value, list ? "" : "]")
                     : xasprintf("%s: %s\n", key, value);
    free(key);
    return text;
}

static int add_change(struct layers *layers, const char *change,
                      struct error *error)
{
    struct yaml *yaml;
    char *text = change_text(change, error);
    if (!text)
        return -1;
    char *name = xasprintf("--set '%s'", change);
    int status = yaml_open_text(name, text, &yaml, error);
    free(name);
    free(text);
    if (status == 0)
        add(layers, yaml);
    return status;
}

/* The path of what a file names, which stands beside it. */
static char *beside(const char *path, const char *name)
{
    const char *slash = strrchr(path, '/');
    if (*name == '/' || !slash)
        return xstrdup(name);
    return xasprintf("%.*s%s", (int)(slash + 1 - path), path, name);
}

/* Reads a file and, as long as they extend another, that one. */
static int add_files(struct layers *layers, const char *path,
                     struct error *error)
{
    char *next = xstrdup(path);
    for (unsigned depth = 0; next; depth++) {
        struct yaml *yaml;
        int status = yaml_open(next, &yaml, error);
        if (status == 0)
            add(layers, yaml);
        struct node extends =
            status ? (struct node){0} : node_find(yaml_root(yaml), "extends");
        if (node_present(extends) &&
            (node_expect(extends, NODE_SCALAR, "a file", error) ||
             (depth + 1 == FILES_MAX &&
              node_error(extends, error,
                         "more than %d files extend each other: is this a "
                         "circle?",
                         FILES_MAX))))
            status = -1;
        char *base = !status && node_present(extends)
                         ? beside(next, node_text(extends))
                         : NULL;
        free(next);
        next = base;
        if (status)
            return -1;
    }
    return 0;
}

int layers_open(struct layers *layers, const char *path, char *const *changes,
                struct error *error)
{
    *layers = (struct layers){0};
    size_t count = 0;
    while (changes && changes[count])
        count++;
    while (count > 0) /* what is set last lies uppermost */
        if (add_change(layers, changes[--count], error))
            return -1;
    layers->changes = layers->count;
    if (add_files(layers, path, error))
        return -1;
    for (size_t i = 0; i < layers->count; i++)
        if (node_expect(yaml_root(layers->items[i]), NODE_MAPPING, "a mapping",
                        error))
            return -1;
    return 0;
}

void layers_close(struct layers *layers)
{
    for (size_t i = 0; i < layers->count; i++)
        yaml_close(layers->items[i]);
    free(layers->items);
    *layers = (struct layers){0};
}

struct node layers_place(const struct layers *layers)
{
    return yaml_root(layers->items[layers->changes]);
}

struct node layers_find(const struct layers *layers, const char *key)
{
    struct node found = {0};
    for (size_t i = 0; i < layers->count && !node_present(found); i++)
        found = node_find(yaml_root(layers->items[i]), key);
    return found;
}

struct node layers_factor(const struct layers *layers, const char *factor)
{
    struct node found = {0};
    for (size_t i = 0; i < layers->count && !node_present(found); i++)
        found =
            node_find(node_find(yaml_root(layers->items[i]), "matrix"), factor);
    return found;
}

size_t layers_level(const struct layers *layers, struct node node)
{
    size_t level = 0;
    while (level < layers->count && layers->items[level] != node.yaml)
        level++;
    return level;
}

uint64_t layers_hash(const struct layers *layers)
{
    XXH64_state_t *state = XXH64_createState();
    XXH64_reset(state, 0);
    for (size_t i = 0; i < layers->count; i++) {
        size_t length;
        const char *bytes = yaml_bytes(layers->items[i], &length);
        XXH64_update(state, bytes, length);
    }
    uint64_t hash = XXH64_digest(state);
    XXH64_freeState(state);
    return hash;
}
