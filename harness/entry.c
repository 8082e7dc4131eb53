/* entry.c: reads one item of the matrix, and spells out its variants. */
#include "harness/entry.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/memory.h"
#include "harness/nearest.h"

enum { LABEL_MAX = 80 };

/* Reading. */

static bool is_own_key(const struct entry *entry, const char *key)
{
    for (size_t i = 0; i < entry->own_key_count; i++)
        if (strcmp(entry->own_keys[i], key) == 0)
            return true;
    return false;
}

static int check_label(struct node label, struct error *error)
{
    if (!node_present(label))
        return 0;
    if (node_expect(label, NODE_SCALAR, "a label", error))
        return -1;
    const char *text = node_text(label);
    if (!*text || strlen(text) > LABEL_MAX)
        return node_error(label, error, "a label has 1 to %d bytes, not %zu",
                          LABEL_MAX, strlen(text));
    for (const char *c = text; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            return node_error(label, error,
                              "a label holds no control characters");
    return 0;
}

/* A scalar is an axis of one value. */
static int read_axis(struct entry *entry, struct node key, struct node value,
                     struct error *error)
{
    entry->axes =
        xreallocarray(entry->axes, entry->axis_count + 1, sizeof *entry->axes);
    struct axis *axis = &entry->axes[entry->axis_count++];
    *axis = (struct axis){.key = key};
    bool list = node_kind(value) == NODE_LIST;
    size_t count = list ? node_count(value) : 1;
    if (count == 0)
        return node_error(value, error, "%s '%s' has an empty list of values",
                          entry->setting, node_text(key));
    axis->values = xcalloc(count, sizeof *axis->values);
    for (; axis->count < count; axis->count++) {
        struct node item = list ? node_item(value, axis->count) : value;
        if (node_expect(item, NODE_SCALAR, "a value", error))
            return -1;
        axis->values[axis->count] = item;
    }
    return 0;
}

static int read_mapping(struct entry *entry, struct error *error)
{
    entry->name = node_find(entry->node, "name");
    if (!node_present(entry->name))
        return node_error(entry->node, error, "the key 'name' is missing");
    if (node_expect(entry->name, NODE_SCALAR, "a name", error))
        return -1;
    entry->label = node_find(entry->node, "label");
    if (check_label(entry->label, error))
        return -1;
    for (size_t i = 0; i < node_count(entry->node); i++) {
        struct node key = node_key(entry->node, i);
        if (!is_own_key(entry, node_text(key)) &&
            read_axis(entry, key, node_value(entry->node, i), error))
            return -1;
    }
    return 0;
}

int entry_read(struct entry *entry, struct node node, struct error *error)
{
    entry->node = node;
    if (node_kind(node) == NODE_MAPPING)
        return read_mapping(entry, error);
    entry->name = node;
    return node_expect(node, NODE_SCALAR, "a name or a mapping", error);
}

void entry_clear(struct entry *entry)
{
    for (size_t i = 0; i < entry->axis_count; i++)
        free(entry->axes[i].values);
    free(entry->axes);
}

/* Checking. */

static int check_key(const struct entry *entry, struct node key,
                     const char *owner, const struct declarations *declarations,
                     struct error *error)
{
    size_t count = 0;
    const char **known =
        xcalloc(entry->own_key_count + declarations->count, sizeof *known);
    for (size_t i = 0; i < declarations->count; i++)
        known[count++] = declarations->items[i].name;
    for (size_t i = 0; i < entry->own_key_count; i++)
        known[count++] = entry->own_keys[i];
    char *kind = xasprintf("%s of %s", entry->setting, owner);
    struct error cause;
    int status = nearest_unknown(kind, node_text(key), known, count, &cause);
    if (status)
        node_error(key, error, "%s", cause.text);
    free(kind);
    free(known);
    return status;
}

static int check_axis(const struct axis *axis,
                      const struct declaration *declaration,
                      struct error *error)
{
    char(*canonical)[64] = xcalloc(axis->count, sizeof *canonical);
    int status = 0;
    for (size_t i = 0; status == 0 && i < axis->count; i++) {
        struct node value = axis->values[i];
        struct error cause;
        if (declaration_check(declaration, node_text(value), canonical[i],
                              &cause))
            status = node_error(value, error, "%s", cause.text);
        for (size_t j = 0; status == 0 && j < i; j++)
            if (strcmp(canonical[i], canonical[j]) == 0)
                status = node_error(value, error, "%s: '%s' is given twice",
                                    declaration->name, node_text(value));
    }
    free(canonical);
    return status;
}

int entry_check(const struct entry *entry, const char *owner,
                const struct declarations *declarations, struct error *error)
{
    for (size_t i = 0; i < entry->axis_count; i++) {
        const struct axis *axis = &entry->axes[i];
        if (check_key(entry, axis->key, owner, declarations, error))
            return -1;
        if (check_axis(axis,
                       declarations_find(declarations, node_text(axis->key)),
                       error))
            return -1;
    }
    return 0;
}

/* Spelling out. */

const char *entry_name(const struct entry *entry)
{
    return entry->one_of ? entry->one_of : node_text(entry->name);
}

size_t entry_variants(const struct entry *entry)
{
    size_t count = 1;
    for (size_t i = 0; i < entry->axis_count; i++)
        if (__builtin_mul_overflow(count, entry->axes[i].count, &count))
            return SIZE_MAX;
    return count;
}

/* Which value of an axis a variant has: the variant's number in mixed radix. */
static size_t value_index(const struct entry *entry, size_t axis,
                          size_t variant)
{
    for (size_t later = entry->axis_count - 1; later > axis; later--)
        variant /= entry->axes[later].count;
    return variant % entry->axes[axis].count;
}

static const char *value_text(const struct entry *entry, size_t axis,
                              size_t variant)
{
    return node_text(
        entry->axes[axis].values[value_index(entry, axis, variant)]);
}

unsigned axis_depth(size_t rank, size_t count)
{
    size_t first = 0, last = count - 1;
    unsigned depth = 0;
    while (rank != first && rank != last) {
        size_t middle = first + (last - first) / 2;
        depth++;
        if (rank == middle)
            break;
        if (rank < middle)
            last = middle;
        else
            first = middle;
    }
    return depth;
}

static int64_t number_of(const struct declaration *declaration,
                         struct node value)
{
    char canonical[64] = "";
    struct error impossible; /* entry_check has seen it */
    declaration_check(declaration, node_text(value), canonical, &impossible);
    return strtoll(canonical, NULL, 10);
}

/* How many values of the axis are below one of them. */
static size_t rank_of(const struct axis *axis,
                      const struct declaration *declaration, size_t index)
{
    int64_t number = number_of(declaration, axis->values[index]);
    size_t rank = 0;
    for (size_t i = 0; i < axis->count; i++)
        rank += number_of(declaration, axis->values[i]) < number;
    return rank;
}

unsigned entry_depth(const struct entry *entry, size_t variant,
                     const struct declarations *declarations)
{
    unsigned deepest = 0;
    for (size_t i = 0; i < entry->axis_count; i++) {
        const struct axis *axis = &entry->axes[i];
        const struct declaration *declaration =
            declarations_find(declarations, node_text(axis->key));
        if (declaration->type != DECLARATION_INTEGER)
            continue;
        size_t rank =
            rank_of(axis, declaration, value_index(entry, i, variant));
        unsigned depth = axis_depth(rank, axis->count);
        deepest = depth > deepest ? depth : deepest;
    }
    return deepest;
}

static char *setting_value(const struct entry *entry, size_t variant,
                           const struct declaration *declaration)
{
    for (size_t i = 0; i < entry->axis_count; i++) {
        if (strcmp(node_text(entry->axes[i].key), declaration->name))
            continue;
        char canonical[64] = "";
        struct error impossible; /* entry_check has seen it */
        declaration_check(declaration, value_text(entry, i, variant), canonical,
                          &impossible);
        return xstrdup(canonical);
    }
    return xstrdup(declaration->default_value);
}

struct setting *entry_settings(const struct entry *entry, size_t variant,
                               const struct declarations *declarations)
{
    struct setting *settings = xcalloc(declarations->count, sizeof *settings);
    for (size_t i = 0; i < declarations->count; i++) {
        settings[i].name = xstrdup(declarations->items[i].name);
        settings[i].value =
            setting_value(entry, variant, &declarations->items[i]);
    }
    return settings;
}

void settings_free(struct setting *settings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(settings[i].name);
        free(settings[i].value);
    }
    free(settings);
}

char *entry_label(const struct entry *entry, size_t variant)
{
    bool labelled = node_present(entry->label);
    char *text =
        xstrdup(labelled ? node_text(entry->label) : entry_name(entry));
    for (size_t i = 0; i < entry->axis_count; i++) {
        if (labelled && entry->axes[i].count == 1)
            continue;
        char *longer =
            xasprintf("%s %s=%s", text, node_text(entry->axes[i].key),
                      value_text(entry, i, variant));
        free(text);
        text = longer;
    }
    return text;
}
