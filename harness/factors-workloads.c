/* factors-workloads.c: the workloads of a matrix; see factors.h. */
#include "harness/factors.h"

#include <stdlib.h>
#include <string.h>

#include "harness/keys.h"
#include "harness/memory.h"
#include "harness/nearest.h"

static const char *const workload_keys[] = {WORKLOAD_KEYS(KEY_NAME)};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Tells a workload that nobody has from one that this subject lacks. */
static int refuse_workload(const struct factors *factors,
                           const struct subject *subject, struct node name,
                           struct error *error)
{
    size_t count;
    struct error cause;
    catalogue_ask(factors->catalogue, NULL);
    const struct subject_workload **workloads =
        catalogue_workloads(factors->catalogue, &count);
    const char **known = xcalloc(count, sizeof *known);
    for (size_t i = 0; i < count; i++)
        known[i] = workloads[i]->name;
    if (nearest_unknown("workload", node_text(name), known, count, &cause))
        node_error(name, error, "%s", cause.text);
    else
        node_error(name, error,
                   "subject '%s' has no workload '%s': give the two in "
                   "separate experiments",
                   subject->name, node_text(name));
    free(known);
    free(workloads);
    return -1;
}

/* Every subject must have the workload, with these parameters. */
static int add_workload(struct factors *factors, const struct entry *entry,
                        struct error *error)
{
    const char *name = node_text(entry->name);
    const struct subject_workload *workload = NULL;
    for (size_t i = 0; i < factors->subjects.count; i++) {
        const struct subject *subject = factors->subjects.items[i].subject;
        workload = subject_workload(subject, name);
        if (!workload)
            return refuse_workload(factors, subject, entry->name, error);
        if (entry_check(entry, name, &workload->parameters, error))
            return -1;
    }
    return variants_add(&factors->workloads, entry, &workload->parameters, NULL,
                        (struct node){0}, error);
}

int factors_read_workloads(struct factors *factors, struct node list,
                           struct error *error)
{
    struct entry keys = {.setting = "parameter",
                         .own_keys = workload_keys,
                         .own_key_count = COUNT(workload_keys)};
    if (entries_read(&factors->workload_entries, list, keys, error))
        return -1;
    for (size_t i = 0; i < factors->workload_entries.count; i++)
        if (add_workload(factors, &factors->workload_entries.items[i], error))
            return -1;
    return 0;
}
