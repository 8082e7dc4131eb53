/* change-hint.c: see change-hint.h. */
#include "harness/change-hint.h"

#include <stdlib.h>
#include <string.h>

#include "harness/memory.h"
#include "harness/node-text.h"

/* An item of a factor's list; NULL: it has no name. */
static const char *name_of(struct node item)
{
    return node_text(node_kind(item) == NODE_MAPPING ? node_find(item, "name")
                                                     : item);
}

static const struct subject *subject_of(struct catalogue *catalogue,
                                        struct node item)
{
    const char *name = name_of(item);
    if (!name)
        return NULL;
    catalogue_ask(catalogue, name);
    return catalogue_find(catalogue, name);
}

static char *hint(const char *factor, const char *what, const char *name,
                  const char *key, const char *value)
{
    return xasprintf("it is %s of %s: --set '%s=[{name: %s, %s: %s}]'", what,
                     name, factor, name, key, value);
}

static char *hint_of_subject(const struct subject *subject, const char *key,
                             const char *value)
{
    return declarations_find(&subject->options, key)
               ? hint("subject", "an option", subject->name, key, value)
               : NULL;
}

static char *hint_of_workload(const struct layers *layers,
                              const struct subject *subject, const char *key,
                              const char *value)
{
    struct node list = layers_factor(layers, "workload");
    for (size_t i = 0; i < node_count(list); i++) {
        const char *name = name_of(node_item(list, i));
        const struct subject_workload *workload =
            name ? subject_workload(subject, name) : NULL;
        if (workload && declarations_find(&workload->parameters, key))
            return hint("workload", "a parameter", name, key, value);
    }
    return NULL;
}

char *change_hint(const struct layers *layers, struct node change,
                  struct catalogue *catalogue)
{
    const char *key = node_text(node_key(change, 0));
    char *value = node_line(node_value(change, 0)), *found = NULL;
    struct node list = layers_factor(layers, "subject");
    if (!strcmp(key, "collector"))
        found =
            xasprintf("a collector is a subject: --set 'subject=%s'", value);
    for (size_t i = 0; i < node_count(list) && !found; i++) {
        const struct subject *subject =
            subject_of(catalogue, node_item(list, i));
        if (subject)
            found = hint_of_subject(subject, key, value);
        if (subject && !found)
            found = hint_of_workload(layers, subject, key, value);
    }
    free(value);
    return found;
}
