/* factors.c: the lists that a matrix multiplies; see factors.h. */
#include "harness/factors.h"

#include <stdlib.h>

#include "harness/keys.h"
#include "harness/memory.h"

static int expect_items(const struct factors *factors, struct node list,
                        const char *key, const char *what, struct error *error)
{
    if (!node_present(list))
        return node_error(factors->place, error, "the key '%s' is missing",
                          key);
    if (node_expect(list, NODE_LIST, what, error))
        return -1;
    if (node_count(list) == 0)
        return node_error(list, error, "expected %s, found an empty one", what);
    return 0;
}

int entries_read(struct entries *entries, struct node list, struct entry keys,
                 struct error *error)
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

static int add_worker(struct factors *factors, struct node item,
                      struct error *error)
{
    static const struct declaration declaration = {.name = "workers",
                                                   .type = DECLARATION_INTEGER,
                                                   .minimum = 1,
                                                   .maximum = WORKERS_MAX,
                                                   .unit = ""};
    int64_t number;
    if (declaration_number(&declaration, item, &number, error))
        return -1;
    for (size_t i = 0; i < factors->worker_count; i++)
        if (factors->workers[i] == (unsigned)number)
            return node_error(item, error, "workers: '%s' is given twice",
                              node_text(item));
    factors->worker_places[factors->worker_count] = item;
    factors->workers[factors->worker_count++] = (unsigned)number;
    return 0;
}

static int read_workers(struct factors *factors, struct node list,
                        struct error *error)
{
    bool given = node_present(list);
    if (given &&
        expect_items(factors, list, "workers", "a list of numbers", error))
        return -1;
    size_t count = given ? node_count(list) : 1;
    factors->workers = xcalloc(count, sizeof *factors->workers);
    factors->worker_places = xcalloc(count, sizeof *factors->worker_places);
    if (!given)
        factors->workers[factors->worker_count++] = WORKERS_DEFAULT;
    for (size_t i = 0; given && i < count; i++)
        if (add_worker(factors, node_item(list, i), error))
            return -1;
    return 0;
}

int factors_read(struct factors *factors, struct node subjects,
                 struct node workloads, struct node workers,
                 struct error *error)
{
    return expect_items(factors, subjects, "subject", "a list of subjects",
                        error) ||
                   factors_read_subjects(factors, subjects, error) ||
                   expect_items(factors, workloads, "workload",
                                "a list of workloads", error) ||
                   factors_read_workloads(factors, workloads, error) ||
                   read_workers(factors, workers, error)
               ? -1
               : 0;
}

static void entries_free(struct entries *entries)
{
    for (size_t i = 0; i < entries->count; i++)
        entry_clear(&entries->items[i]);
    free(entries->items);
}

void factors_clear(struct factors *factors)
{
    variants_free(&factors->subjects);
    variants_free(&factors->workloads);
    entries_free(&factors->subject_entries);
    entries_free(&factors->workload_entries);
    free(factors->workers);
    free(factors->worker_places);
}
