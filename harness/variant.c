/* variant.c: spells out entries, and refuses what would be there twice. */
#include "harness/variant.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/keys.h"
#include "harness/memory.h"

/* " prepare=gc,freeze", or nothing. */
static char *prepare_text(struct node prepare)
{
    char *text = xstrdup("");
    for (size_t i = 0; i < node_count(prepare); i++) {
        char *longer =
            xasprintf("%s%s%s", text,
                      i ? "," : " prepare=", node_text(node_item(prepare, i)));
        free(text);
        text = longer;
    }
    return text;
}

static char *identity(const struct entry *entry, size_t number,
                      const struct declarations *declarations,
                      const char *prepare)
{
    char *text = xstrdup(entry_name(entry));
    struct setting *settings = entry_settings(entry, number, declarations);
    for (size_t i = 0; i < declarations->count; i++) {
        char *longer =
            xasprintf("%s %s=%s", text, settings[i].name, settings[i].value);
        free(text);
        text = longer;
    }
    settings_free(settings, declarations->count);
    char *whole = xasprintf("%s%s", text, prepare);
    free(text);
    return whole;
}

static char *label(const struct entry *entry, size_t number,
                   const char *prepare)
{
    char *text = entry_label(entry, number);
    if (node_present(entry->label))
        return text;
    char *whole = xasprintf("%s%s", text, prepare);
    free(text);
    return whole;
}

/* Who labels one of two that are the same means to have both. */
static int refuse_twice(const struct variants *variants, struct variant *added,
                        struct error *error)
{
    for (size_t i = 0; i < variants->count; i++) {
        const struct variant *other = &variants->items[i];
        bool same = strcmp(other->identity, added->identity) == 0;
        if (same && !node_present(other->entry->label) &&
            !node_present(added->entry->label))
            return node_error(added->entry->node, error,
                              "'%s' is in the matrix twice: to measure it "
                              "twice, give one a label",
                              added->label);
        if (strcmp(other->label, added->label) == 0)
            return node_error(added->entry->node, error,
                              "the label '%s' is used twice: give each its own",
                              added->label);
        if (!same)
            continue;
        char *again = xasprintf("%s\n%s", added->identity, added->label);
        free(added->identity);
        added->identity = again;
    }
    return 0;
}

static void variant_clear(struct variant *variant)
{
    free(variant->label);
    free(variant->identity);
}

int variants_add(struct variants *variants, const struct entry *entry,
                 const struct declarations *declarations,
                 const struct subject *subject, struct node prepare,
                 struct error *error)
{
    size_t count = entry_variants(entry);
    if (count > CELLS_MAX - variants->count)
        return node_error(entry->node, error,
                          "more than %d variants: give shorter lists",
                          CELLS_MAX);
    variants->items = xreallocarray(variants->items, variants->count + count,
                                    sizeof *variants->items);
    char *steps = prepare_text(prepare);
    int status = 0;
    for (size_t number = 0; status == 0 && number < count; number++) {
        struct variant added = {
            .entry = entry,
            .number = number,
            .subject = subject,
            .prepare = prepare,
            .depth = entry_depth(entry, number, declarations),
            .label = label(entry, number, steps),
            .identity = identity(entry, number, declarations, steps)};
        status = refuse_twice(variants, &added, error);
        if (status)
            variant_clear(&added);
        else
            variants->items[variants->count++] = added;
    }
    free(steps);
    return status;
}

void variants_remove(struct variants *variants, size_t index)
{
    struct variant *removed = &variants->items[index];
    variant_clear(removed);
    variants->count--;
    memmove(removed, removed + 1, (variants->count - index) * sizeof *removed);
}

void variants_free(struct variants *variants)
{
    for (size_t i = 0; i < variants->count; i++)
        variant_clear(&variants->items[i]);
    free(variants->items);
    *variants = (struct variants){0};
}
