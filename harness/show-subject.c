/* show-subject.c: one subject or workload; see show.h. */
#include "harness/show.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/list.h"
#include "harness/memory.h"
#include "harness/nearest.h"

/* Says that there is no such name; returns an exit status. */
static enum exit_status refuse(const char *kind, const char *name,
                               const char *const *known, size_t count)
{
    struct error error;
    nearest_unknown(kind, name, known, count, &error);
    fprintf(stderr, "cowlab: %s\n", error.text);
    return EXIT_USAGE;
}

static enum exit_status refuse_subject(const struct catalogue *catalogue,
                                       const char *kind, const char *name)
{
    size_t count;
    const char **known = catalogue_names(catalogue, &count);
    if (!strcmp(kind, "collector"))
        for (count = 0;
             count < catalogue->count && catalogue->subjects[count].collector;)
            count++; /* they come first */
    enum exit_status status = refuse(kind, name, known, count);
    free(known);
    return status;
}

static void print_json(json_t *json)
{
    json_dumpf(json, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(json);
}

static void print_line(const char *what, const char *text)
{
    if (*text)
        printf("  %s: %s\n", what, text);
}

static void print_subject(const struct subject *subject)
{
    printf("%s %s: %s\n", subject->collector ? "Collector" : "Runtime",
           subject->name, subject->about);
    print_line("stands for", subject->stands_for);
    print_line("version", subject->version);
    for (size_t i = 0; i < subject->build_count; i++)
        print_line(subject->build[i].fields[0], subject->build[i].fields[1]);
    fputs("  workloads:", stdout);
    for (size_t i = 0; i < subject->workload_count; i++)
        printf(" %s", subject->workloads[i].name);
    puts("\n");
    if (subject->options.count) {
        puts("Options:");
        list_declarations(&subject->options, "option", stdout);
    } else
        puts("It has no options.\n");
    if (subject->prepare_count) {
        puts("Steps that prepare a template before the fork:");
        list_prepare(subject, stdout);
    }
    for (size_t i = 0; i < subject->lacks_count; i++)
        printf("It has no step '%s': %s.\n\n", subject->lacks[i].fields[0],
               subject->lacks[i].fields[1]);
    for (size_t i = 0; i < subject->lacks_value_count; i++)
        printf("It cannot have %s=%s here: %s.\n\n",
               subject->lacks_values[i].fields[0],
               subject->lacks_values[i].fields[1],
               subject->lacks_values[i].fields[2]);
    if (subject->metadata_count) {
        puts("Where it keeps its metadata, and when it writes there:");
        list_metadata(subject, stdout);
    }
}

enum exit_status show_subject(const struct catalogue *catalogue,
                              const char *kind, const char *name, bool json)
{
    const struct subject *subject = catalogue_find(catalogue, name);
    const char *why = catalogue_missing(catalogue, name);
    if (!strcmp(kind, "collector") && subject && !subject->collector) {
        fprintf(stderr,
                "cowlab: '%s' is a runtime, not a collector: see cowlab show "
                "subject %s\n",
                name, name);
        return EXIT_USAGE;
    }
    if (!subject && why && strcmp(kind, "collector")) {
        fprintf(stderr, "cowlab: subject '%s' is not here: %s\n", name, why);
        return EXIT_ENVIRONMENT;
    }
    if (!subject)
        return refuse_subject(catalogue, kind, name);
    if (!json) {
        print_subject(subject);
        return EXIT_OK;
    }
    json_t *object = list_subject_json(subject);
    json_object_set_new(object, "metadata", list_metadata_json(subject));
    print_json(object);
    return EXIT_OK;
}

enum exit_status show_workload(const struct catalogue *catalogue,
                               const char *name, bool json)
{
    size_t count, i = 0;
    enum exit_status status = EXIT_OK;
    const struct subject_workload **workloads =
        catalogue_workloads(catalogue, &count);
    while (i < count && strcmp(workloads[i]->name, name))
        i++;
    if (i == count) {
        const char **known = xcalloc(count, sizeof *known);
        for (size_t k = 0; k < count; k++)
            known[k] = workloads[k]->name;
        status = refuse("workload", name, known, count);
        free(known);
    } else if (json)
        print_json(list_workload_json(workloads[i]));
    else
        list_workload(catalogue, workloads[i], stdout);
    free(workloads);
    return status;
}
