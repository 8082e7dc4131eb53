/* factors-subjects.c: the subjects of a matrix; see factors.h. */
#include "harness/factors.h"

#include <stdlib.h>
#include <string.h>

#include "harness/keys.h"
#include "harness/memory.h"
#include "harness/nearest.h"

static const char *const subject_keys[] = {SUBJECT_KEYS(KEY_NAME)};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static int refuse_unknown_subject(const struct factors *factors,
                                  struct node name, struct error *error)
{
    size_t count;
    const char **known = catalogue_names(factors->catalogue, &count);
    struct error cause;
    int status =
        nearest_unknown("subject", node_text(name), known, count, &cause);
    if (status)
        node_error(name, error, "%s", cause.text);
    free(known);
    return status;
}

/* Puts what the label says into the list, if it is not there: of a list that is
 * read again it is. */
static void list_left_out(struct experiment *experiment, const char *label,
                          const char *why)
{
    for (size_t i = 0; i < experiment->left_out_count; i++)
        if (!strcmp(experiment->left_out[i].subject, label))
            return;
    experiment->left_out =
        xreallocarray(experiment->left_out, experiment->left_out_count + 1,
                      sizeof *experiment->left_out);
    experiment->left_out[experiment->left_out_count++] =
        (struct left_out){.subject = xstrdup(label), .why = xstrdup(why)};
}

/* An entry whole, or, with its label, a variant of it. */
static int leave_out(struct factors *factors, const struct entry *entry,
                     const char *label, const char *why, bool optional,
                     struct error *error)
{
    if (!optional)
        return node_error(entry->name, error,
                          "subject '%s' cannot run here: %s; mend that, or "
                          "write 'optional: true' to leave it out",
                          node_text(entry->name), why);
    char *first = label ? NULL : entry_label(entry, 0);
    list_left_out(factors->experiment, label ? label : first, why);
    free(first);
    return 0;
}

static int check_step(const struct subject *subject, struct node step,
                      struct error *error)
{
    if (node_expect(step, NODE_SCALAR, "a prepare step", error))
        return -1;
    const char **known = xcalloc(subject->prepare_count, sizeof *known);
    for (size_t i = 0; i < subject->prepare_count; i++)
        known[i] = subject->prepare[i].fields[0];
    char *kind = xasprintf("prepare step of %s", subject->name);
    struct error cause;
    int status = nearest_unknown(kind, node_text(step), known,
                                 subject->prepare_count, &cause);
    if (status)
        node_error(step, error, "%s", cause.text);
    free(kind);
    free(known);
    return status;
}

static int read_prepare(const struct subject *subject, struct node prepare,
                        struct error *error)
{
    if (!node_present(prepare))
        return 0;
    if (node_expect(prepare, NODE_LIST, "a list of prepare steps", error))
        return -1;
    if (node_count(prepare) > STEPS_MAX)
        return node_error(prepare, error, "more than %d prepare steps",
                          STEPS_MAX);
    for (size_t i = 0; i < node_count(prepare); i++)
        if (check_step(subject, node_item(prepare, i), error))
            return -1;
    return 0;
}

/* Why a step that is asked for cannot be had here, or NULL. */
static const char *lacking(const struct subject *subject, struct node prepare)
{
    const char *why = NULL;
    size_t count = node_kind(prepare) == NODE_LIST ? node_count(prepare) : 0;
    for (size_t i = 0; i < count && !why; i++) {
        const char *step = node_text(node_item(prepare, i));
        why = step ? subject_lacks(subject, step) : NULL;
    }
    return why;
}

/* Why the value of an option that a variant has cannot be had here, or NULL. */
static const char *lacking_value(const struct variant *variant)
{
    const struct subject *subject = variant->subject;
    size_t count = subject->options.count;
    struct setting *settings =
        entry_settings(variant->entry, variant->number, &subject->options);
    const char *why = NULL;
    for (size_t i = 0; i < count && !why; i++)
        why = subject_lacks_value(subject, settings[i].name, settings[i].value);
    settings_free(settings, count);
    return why;
}

/* Of the variants from an index on. */
static int leave_out_variants(struct factors *factors, size_t index,
                              bool optional, struct error *error)
{
    struct variants *variants = &factors->subjects;
    while (index < variants->count) {
        const struct variant *variant = &variants->items[index];
        const char *why = lacking_value(variant);
        if (!why) {
            index++;
            continue;
        }
        if (leave_out(factors, variant->entry, variant->label, why, optional,
                      error))
            return -1;
        variants_remove(variants, index);
    }
    return 0;
}

static int refuse_except(const struct entry *entry, struct error *error)
{
    struct node except = node_find(entry->node, "except");
    return node_present(except)
               ? node_error(except, error,
                            "only the subject 'collectors' has an 'except'")
               : 0;
}

static int add_subject(struct factors *factors, const struct entry *entry,
                       struct error *error)
{
    const char *name = entry_name(entry);
    bool optional;
    if ((!entry->one_of &&
         (refuse_unknown_subject(factors, entry->name, error) ||
          refuse_except(entry, error))) ||
        node_boolean(entry->node, "optional", &optional, error))
        return -1;
    catalogue_ask(factors->catalogue, name);
    const struct subject *subject = catalogue_find(factors->catalogue, name);
    if (!subject)
        return leave_out(factors, entry, NULL,
                         catalogue_missing(factors->catalogue, name), optional,
                         error);
    struct node prepare = node_find(entry->node, "prepare");
    const char *why = lacking(subject, prepare);
    if (why)
        return leave_out(factors, entry, NULL, why, optional, error);
    if (entry_check(entry, name, &subject->options, error) ||
        read_prepare(subject, prepare, error))
        return -1;
    size_t before = factors->subjects.count;
    return variants_add(&factors->subjects, entry, &subject->options, subject,
                        prepare, error) ||
                   leave_out_variants(factors, before, optional, error)
               ? -1
               : 0;
}

/* The name that stands for every collector that no other entry names. */
#define COLLECTORS "collectors"

static bool is_named(const struct entries *entries, const char *name)
{
    for (size_t i = 0; i < entries->count; i++)
        if (!strcmp(node_text(entries->items[i].name), name))
            return true;
    return false;
}

static bool is_excepted(struct node except, const char *name)
{
    for (size_t i = 0; i < node_count(except); i++)
        if (!strcmp(node_text(node_item(except, i)), name))
            return true;
    return false;
}

/* `collectors` takes no option, for no option is every collector's. */
static int check_collectors(const struct factors *factors,
                            const struct entry *entry, struct error *error)
{
    struct node except = node_find(entry->node, "except");
    if (entry->axis_count > 0)
        return node_error(entry->axes[0].key, error,
                          "'" COLLECTORS "' takes no option: name the "
                          "collector that is to have it");
    if (!node_present(except))
        return 0;
    if (node_expect(except, NODE_LIST, "a list of collectors", error))
        return -1;
    for (size_t i = 0; i < node_count(except); i++)
        if (node_expect(node_item(except, i), NODE_SCALAR, "a collector",
                        error) ||
            refuse_unknown_subject(factors, node_item(except, i), error))
            return -1;
    return 0;
}

/* Puts an entry for each of the collectors in the place of `collectors`. */
static int expand_collectors(struct factors *factors, struct error *error)
{
    const struct catalogue *catalogue = factors->catalogue;
    struct entries *entries = &factors->subject_entries;
    struct entries expanded = {
        .items = xcalloc(entries->count * (catalogue->count + 1),
                         sizeof *expanded.items)};
    int status = 0;
    for (size_t i = 0; i < entries->count; i++) {
        struct entry *entry = &entries->items[i];
        bool stands = !strcmp(node_text(entry->name), COLLECTORS);
        if (stands && status == 0)
            status = check_collectors(factors, entry, error);
        if (!stands || status) {
            expanded.items[expanded.count++] = *entry;
            continue;
        }
        struct node except = node_find(entry->node, "except");
        for (size_t j = 0; j < catalogue->count; j++) {
            const struct subject *subject = &catalogue->subjects[j];
            if (!subject->collector || is_named(entries, subject->name) ||
                is_excepted(except, subject->name))
                continue;
            expanded.items[expanded.count] = *entry;
            expanded.items[expanded.count++].one_of = subject->name;
        }
    }
    free(entries->items);
    *entries = expanded;
    return status;
}

int factors_read_subjects(struct factors *factors, struct node list,
                          struct error *error)
{
    struct entry keys = {.setting = "option",
                         .own_keys = subject_keys,
                         .own_key_count = COUNT(subject_keys)};
    if (entries_read(&factors->subject_entries, list, keys, error) ||
        expand_collectors(factors, error))
        return -1;
    for (size_t i = 0; i < factors->subject_entries.count; i++)
        if (add_subject(factors, &factors->subject_entries.items[i], error))
            return -1;
    if (factors->subjects.count == 0)
        return node_error(list, error, "none of the subjects can run here: %s",
                          factors->experiment->left_out[0].why);
    return 0;
}
