/* matrix.c: reads the three factors of a matrix and multiplies them. */
#include "harness/matrix.h"

#include <stdlib.h>
#include <string.h>

#include "harness/cell.h"
#include "harness/entry.h"
#include "harness/memory.h"
#include "harness/nearest.h"
#include "harness/variant.h"

static const char *const matrix_keys[] = {"subject", "workload", "workers"};
static const char *const subject_keys[] = {"name", "label", "prepare",
                                           "optional", "except"};
static const char *const workload_keys[] = {"name", "label"};

enum { WORKERS_DEFAULT = 4, STEPS_MAX = 64 };

#define COUNT(array) (sizeof(array) / sizeof *(array))

struct entries {
    struct entry *items;
    size_t count;
};

struct matrix {
    struct experiment *experiment;
    const struct catalogue *catalogue;
    struct entries subject_entries, workload_entries;
    struct variants subjects, workloads;
    unsigned *workers;
    size_t worker_count;
};

/* Factors. */

static int expect_items(struct node matrix, const char *key, const char *what,
                        struct node *list, struct error *error)
{
    *list = node_find(matrix, key);
    if (!node_present(*list))
        return node_error(matrix, error, "the key '%s' is missing", key);
    if (node_expect(*list, NODE_LIST, what, error))
        return -1;
    if (node_count(*list) == 0)
        return node_error(*list, error, "expected %s, found an empty one",
                          what);
    return 0;
}

static int read_entries(struct entries *entries, struct node list,
                        struct entry keys, struct error *error)
{
    entries->items = xcalloc(node_count(list), sizeof *entries->items);
    for (size_t i = 0; i < node_count(list); i++) {
        struct entry *entry = &entries->items[entries->count++];
        *entry = keys;
        if (entry_read(entry, node_item(list, i), error))
            return -1;
    }
    return 0;
}

static void entries_free(struct entries *entries)
{
    for (size_t i = 0; i < entries->count; i++)
        entry_clear(&entries->items[i]);
    free(entries->items);
}

/* Subjects. */

static int refuse_unknown_subject(const struct matrix *matrix, struct node name,
                                  struct error *error)
{
    const struct catalogue *catalogue = matrix->catalogue;
    size_t count = 0;
    const char **known =
        xcalloc(catalogue->count + catalogue->missing_count, sizeof *known);
    for (size_t i = 0; i < catalogue->count; i++)
        known[count++] = catalogue->subjects[i].name;
    for (size_t i = 0; i < catalogue->missing_count; i++)
        known[count++] = catalogue->missing[i].name;
    struct error cause;
    int status =
        nearest_unknown("subject", node_text(name), known, count, &cause);
    if (status)
        node_error(name, error, "%s", cause.text);
    free(known);
    return status;
}

static int leave_out(struct matrix *matrix, const struct entry *entry,
                     const char *why, bool optional, struct error *error)
{
    if (!optional)
        return node_error(entry->name, error,
                          "subject '%s' cannot run here: %s; install it, or "
                          "write 'optional: true' to leave it out",
                          node_text(entry->name), why);
    struct experiment *experiment = matrix->experiment;
    experiment->left_out =
        xreallocarray(experiment->left_out, experiment->left_out_count + 1,
                      sizeof *experiment->left_out);
    experiment->left_out[experiment->left_out_count++] = (struct left_out){
        .subject = entry_label(entry, 0), .why = xstrdup(why)};
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

static int refuse_except(const struct entry *entry, struct error *error)
{
    struct node except = node_find(entry->node, "except");
    return node_present(except)
               ? node_error(except, error,
                            "only the subject 'collectors' has an 'except'")
               : 0;
}

static int add_subject(struct matrix *matrix, const struct entry *entry,
                       struct error *error)
{
    const char *name = entry_name(entry);
    bool optional;
    if ((!entry->one_of &&
         (refuse_unknown_subject(matrix, entry->name, error) ||
          refuse_except(entry, error))) ||
        node_boolean(entry->node, "optional", &optional, error))
        return -1;
    const struct subject *subject = catalogue_find(matrix->catalogue, name);
    if (!subject)
        return leave_out(matrix, entry,
                         catalogue_missing(matrix->catalogue, name), optional,
                         error);
    struct node prepare = node_find(entry->node, "prepare");
    if (entry_check(entry, name, &subject->options, error) ||
        read_prepare(subject, prepare, error))
        return -1;
    return variants_add(&matrix->subjects, entry, &subject->options, subject,
                        prepare, error);
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
static int check_collectors(const struct matrix *matrix,
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
            refuse_unknown_subject(matrix, node_item(except, i), error))
            return -1;
    return 0;
}

/* Puts an entry for each of the collectors in the place of `collectors`. */
static int expand_collectors(struct matrix *matrix, struct error *error)
{
    const struct catalogue *catalogue = matrix->catalogue;
    struct entries *entries = &matrix->subject_entries;
    struct entries expanded = {
        .items = xcalloc(entries->count * (catalogue->count + 1),
                         sizeof *expanded.items)};
    int status = 0;
    for (size_t i = 0; i < entries->count; i++) {
        struct entry *entry = &entries->items[i];
        bool stands = !strcmp(node_text(entry->name), COLLECTORS);
        if (stands && status == 0)
            status = check_collectors(matrix, entry, error);
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

static int read_subjects(struct matrix *matrix, struct node node,
                         struct error *error)
{
    struct entry keys = {.setting = "option",
                         .own_keys = subject_keys,
                         .own_key_count = COUNT(subject_keys)};
    struct node list;
    if (expect_items(node, "subject", "a list of subjects", &list, error) ||
        read_entries(&matrix->subject_entries, list, keys, error) ||
        expand_collectors(matrix, error))
        return -1;
    for (size_t i = 0; i < matrix->subject_entries.count; i++)
        if (add_subject(matrix, &matrix->subject_entries.items[i], error))
            return -1;
    if (matrix->subjects.count == 0)
        return node_error(list, error,
                          "none of the subjects is installed here: %s",
                          matrix->experiment->left_out[0].why);
    return 0;
}

/* Workloads. */

/* Tells a workload that nobody has from one that this subject lacks. */
static int refuse_workload(const struct matrix *matrix,
                           const struct subject *subject, struct node name,
                           struct error *error)
{
    size_t count;
    const struct subject_workload **workloads =
        catalogue_workloads(matrix->catalogue, &count);
    const char **known = xcalloc(count, sizeof *known);
    for (size_t i = 0; i < count; i++)
        known[i] = workloads[i]->name;
    struct error cause;
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
static int add_workload(struct matrix *matrix, const struct entry *entry,
                        struct error *error)
{
    const char *name = node_text(entry->name);
    const struct subject_workload *workload = NULL;
    for (size_t i = 0; i < matrix->subjects.count; i++) {
        const struct subject *subject = matrix->subjects.items[i].subject;
        workload = subject_workload(subject, name);
        if (!workload)
            return refuse_workload(matrix, subject, entry->name, error);
        if (entry_check(entry, name, &workload->parameters, error))
            return -1;
    }
    return variants_add(&matrix->workloads, entry, &workload->parameters, NULL,
                        (struct node){0}, error);
}

static int read_workloads(struct matrix *matrix, struct node node,
                          struct error *error)
{
    struct entry keys = {.setting = "parameter",
                         .own_keys = workload_keys,
                         .own_key_count = COUNT(workload_keys)};
    struct node list;
    if (expect_items(node, "workload", "a list of workloads", &list, error) ||
        read_entries(&matrix->workload_entries, list, keys, error))
        return -1;
    for (size_t i = 0; i < matrix->workload_entries.count; i++)
        if (add_workload(matrix, &matrix->workload_entries.items[i], error))
            return -1;
    return 0;
}

/* Workers. */

static int read_worker(struct matrix *matrix, struct node item,
                       struct error *error)
{
    static const struct declaration declaration = {.name = "workers",
                                                   .type = DECLARATION_INTEGER,
                                                   .minimum = 1,
                                                   .maximum = 1000,
                                                   .unit = ""};
    int64_t number;
    if (declaration_number(&declaration, item, &number, error))
        return -1;
    unsigned workers = (unsigned)number;
    for (size_t i = 0; i < matrix->worker_count; i++)
        if (matrix->workers[i] == workers)
            return node_error(item, error, "workers: '%s' is given twice",
                              node_text(item));
    matrix->workers[matrix->worker_count++] = workers;
    return regime_check(&matrix->experiment->regime, workers, item, error);
}

static int read_workers(struct matrix *matrix, struct node node,
                        struct node requests_per_burst, struct error *error)
{
    struct node list = node_find(node, "workers");
    if (!node_present(list)) {
        matrix->workers = xcalloc(1, sizeof *matrix->workers);
        matrix->workers[matrix->worker_count++] = WORKERS_DEFAULT;
        struct node place =
            node_present(requests_per_burst) ? requests_per_burst : node;
        return regime_check(&matrix->experiment->regime, WORKERS_DEFAULT, place,
                            error);
    }
    if (expect_items(node, "workers", "a list of numbers", &list, error))
        return -1;
    matrix->workers = xcalloc(node_count(list), sizeof *matrix->workers);
    for (size_t i = 0; i < node_count(list); i++)
        if (read_worker(matrix, node_item(list, i), error))
            return -1;
    return 0;
}

/* The product. */

static int multiply(const struct matrix *matrix, struct node node,
                    struct error *error)
{
    struct experiment *experiment = matrix->experiment;
    size_t count;
    if (__builtin_mul_overflow(matrix->subjects.count, matrix->workloads.count,
                               &count) ||
        __builtin_mul_overflow(count, matrix->worker_count, &count) ||
        count > CELLS_MAX)
        return node_error(node, error,
                          "the matrix has more than %d cells: give shorter "
                          "lists",
                          CELLS_MAX);
    experiment->cells = xcalloc(count, sizeof *experiment->cells);
    for (size_t i = 0; i < count; i++) {
        size_t subject = i % matrix->subjects.count;
        size_t workers = i / matrix->subjects.count % matrix->worker_count;
        size_t workload = i / matrix->subjects.count / matrix->worker_count;
        experiment->cells[experiment->cell_count++] = cell_make(
            &experiment->regime, &matrix->subjects.items[subject],
            &matrix->workloads.items[workload], matrix->workers[workers]);
    }
    return 0;
}

int matrix_read(struct experiment *experiment, struct node node,
                struct node requests_per_burst,
                const struct catalogue *catalogue, struct error *error)
{
    struct matrix matrix = {.experiment = experiment, .catalogue = catalogue};
    int status = node_expect(node, NODE_MAPPING, "a mapping", error);
    if (status == 0)
        status = node_expect_keys(node, matrix_keys, COUNT(matrix_keys), error);
    if (status == 0)
        status = read_subjects(&matrix, node, error);
    if (status == 0)
        status = read_workloads(&matrix, node, error);
    if (status == 0)
        status = read_workers(&matrix, node, requests_per_burst, error);
    if (status == 0)
        status = multiply(&matrix, node, error);
    variants_free(&matrix.subjects);
    variants_free(&matrix.workloads);
    entries_free(&matrix.subject_entries);
    entries_free(&matrix.workload_entries);
    free(matrix.workers);
    return status;
}
