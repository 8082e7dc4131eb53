/* list-table.c: the catalogue as tables for people. */
#include "harness/list.h"

#include <stdlib.h>
#include <string.h>

#include "harness/memory.h"
#include "harness/table.h"

static const char *or_dash(const char *text)
{
    return *text ? text : "-";
}

static void add_all(struct table *table, const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        table_add(table, texts[i]);
}

#define ADD(table, ...)                                                        \
    add_all(table, (const char *const[]){__VA_ARGS__},                         \
            sizeof(const char *const[]){__VA_ARGS__} / sizeof(char *))

static void finish(struct table *table, FILE *stream)
{
    table_print(table, stream);
    table_free(table);
    fputc('\n', stream);
}

static void print_collectors(const struct catalogue *catalogue, FILE *stream)
{
    struct table *table = table_new("lll");
    ADD(table, "collector", "stands for", "about");
    for (size_t i = 0; i < catalogue->count; i++) {
        const struct subject *subject = &catalogue->subjects[i];
        if (subject->collector)
            ADD(table, subject->name, or_dash(subject->stands_for),
                subject->about);
    }
    fputs("Collectors, programs of cowlab's own:\n", stream);
    finish(table, stream);
}

static void print_runtimes(const struct catalogue *catalogue, FILE *stream)
{
    struct table *table = table_new("lll");
    ADD(table, "runtime", "version", "about");
    for (size_t i = 0; i < catalogue->count; i++) {
        const struct subject *subject = &catalogue->subjects[i];
        if (!subject->collector)
            ADD(table, subject->name, or_dash(subject->version),
                subject->about);
    }
    for (size_t i = 0; i < catalogue->missing_count; i++)
        ADD(table, catalogue->missing[i].name, "missing",
            catalogue->missing[i].why);
    fputs("Real runtimes and servers, behind an adapter:\n", stream);
    finish(table, stream);
}

static void add_declaration(struct table *table,
                            const struct declaration *declaration)
{
    bool integer = declaration->type == DECLARATION_INTEGER;
    char *range = integer
                      ? xasprintf("%lld..%lld", (long long)declaration->minimum,
                                  (long long)declaration->maximum)
                      : xstrdup(declaration->choices);
    ADD(table, declaration->name, integer ? "integer" : "choice",
        declaration->default_value, range, or_dash(declaration->unit),
        declaration->meaning);
    free(range);
}

static void print_options(const struct catalogue *catalogue, FILE *stream)
{
    struct table *table = table_new("lllllll");
    size_t rows = 0;
    ADD(table, "subject", "option", "type", "default", "range", "unit",
        "meaning");
    for (size_t i = 0; i < catalogue->count; i++) {
        const struct subject *subject = &catalogue->subjects[i];
        for (size_t j = 0; j < subject->options.count; j++, rows++) {
            table_add(table, subject->name);
            add_declaration(table, &subject->options.items[j]);
        }
    }
    fputs(rows ? "Options of subjects:\n" : "No subject has options.\n\n",
          stream);
    if (rows)
        finish(table, stream);
    else
        table_free(table);
}

static void add_prepare(struct table *table, const struct subject *subject)
{
    for (size_t i = 0; i < subject->prepare_count; i++)
        ADD(table, subject->name, subject->prepare[i].fields[0],
            subject->prepare[i].fields[1]);
}

static struct table *prepare_table(void)
{
    struct table *table = table_new("lll");
    ADD(table, "subject", "step", "meaning");
    return table;
}

static void print_prepare(const struct catalogue *catalogue, FILE *stream)
{
    struct table *table = prepare_table();
    for (size_t i = 0; i < catalogue->count; i++)
        add_prepare(table, &catalogue->subjects[i]);
    fputs("Steps that prepare a template before the fork:\n", stream);
    finish(table, stream);
}

void list_prepare(const struct subject *subject, FILE *stream)
{
    struct table *table = prepare_table();
    add_prepare(table, subject);
    finish(table, stream);
}

static void print_havers(const struct catalogue *catalogue,
                         const char *workload, FILE *stream)
{
    fputs("  of:", stream);
    for (size_t i = 0; i < catalogue->count; i++)
        if (subject_workload(&catalogue->subjects[i], workload))
            fprintf(stream, " %s", catalogue->subjects[i].name);
    fputc('\n', stream);
}

void list_declarations(const struct declarations *declarations,
                       const char *what, FILE *stream)
{
    struct table *table = table_new("llllll");
    ADD(table, what, "type", "default", "range", "unit", "meaning");
    for (size_t i = 0; i < declarations->count; i++)
        add_declaration(table, &declarations->items[i]);
    finish(table, stream);
}

void list_workload(const struct catalogue *catalogue,
                   const struct subject_workload *workload, FILE *stream)
{
    fprintf(stream, "Workload %s: %s\n", workload->name, workload->about);
    print_havers(catalogue, workload->name, stream);
    list_declarations(&workload->parameters, "parameter", stream);
}

static void print_workloads(const struct catalogue *catalogue, FILE *stream)
{
    size_t count;
    const struct subject_workload **workloads =
        catalogue_workloads(catalogue, &count);
    for (size_t i = 0; i < count; i++)
        list_workload(catalogue, workloads[i], stream);
    free(workloads);
}

static struct table *metadata_table(void)
{
    struct table *table = table_new("lllrrl");
    ADD(table, "collector", "kind", "placement", "bits", "per bytes", "when");
    return table;
}

static void add_metadata(struct table *table, const struct subject *subject)
{
    for (size_t i = 0; i < subject->metadata_count; i++) {
        char *const *fields = subject->metadata[i].fields;
        bool object = strcmp(fields[3], "0") == 0;
        ADD(table, subject->name, fields[0], fields[1], fields[2],
            object ? "object" : fields[3], fields[4]);
    }
}

static void print_metadata(const struct catalogue *catalogue, FILE *stream)
{
    struct table *table = metadata_table();
    for (size_t i = 0; i < catalogue->count; i++)
        add_metadata(table, &catalogue->subjects[i]);
    finish(table, stream);
}

void list_metadata(const struct subject *subject, FILE *stream)
{
    struct table *table = metadata_table();
    add_metadata(table, subject);
    finish(table, stream);
}

void list_tables(const struct catalogue *catalogue, unsigned parts,
                 FILE *stream)
{
    if (parts & LIST_COLLECTORS)
        print_collectors(catalogue, stream);
    if (parts & LIST_RUNTIMES)
        print_runtimes(catalogue, stream);
    if (parts & LIST_SETTINGS) {
        print_options(catalogue, stream);
        print_prepare(catalogue, stream);
    }
    if (parts & LIST_WORKLOADS)
        print_workloads(catalogue, stream);
    if (parts & LIST_METADATA)
        print_metadata(catalogue, stream);
    if (parts & LIST_COUNTERS)
        list_counters_table(stream);
}
