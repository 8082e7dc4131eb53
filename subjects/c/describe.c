/* describe.c: see describe.h. */
#include "config.h"

#include "subjects/c/describe.h"

#include "collectors/collector.h"
#include "workloads/workload.h"

#include <inttypes.h>
#include <stdio.h>

static void print_choice(const char *choices, int64_t index)
{
    for (; index > 0; index--) {
        while (*choices++ != '|') {
        }
    }
    while (*choices != '|' && *choices != '\0') {
        putchar(*choices++);
    }
}

/* Prints a declaration from its name on, `before` which stands whose it is. */
static void print_parameter(const char *before,
                            const struct parameter *parameter)
{
    printf("\t%s%s\t", before, parameter->name);
    if (parameter->choices != NULL) {
        printf("choice\t");
        print_choice(parameter->choices, *parameter->value);
        printf("\t%s\t-", parameter->choices);
    } else {
        printf("integer\t%" PRId64 "\t%" PRId64 "\t%" PRId64, *parameter->value,
               parameter->minimum, parameter->maximum);
    }
    printf("\t%s\t%s\n", parameter->unit ? parameter->unit : "-",
           parameter->meaning);
}

static void print_parameters(const struct workload *whole, const char *before,
                             const struct workload *workload)
{
    for (size_t i = 0; i < workload->parameter_count; i++) {
        printf("parameter\t%s", whole->name);
        print_parameter(before, &workload->parameters[i]);
    }
}

static void print_workload(const struct workload *workload)
{
    char before[64];
    const struct workload *const *part = workload->parts;
    printf("workload\t%s\t%s\n", workload->name, workload->about);
    print_parameters(workload, "", workload);
    for (; part != NULL && *part != NULL; part++) {
        snprintf(before, sizeof before, "%s.", (*part)->name);
        print_parameters(workload, before, *part);
    }
}

void describe(void)
{
    printf("cowlab-subject\t1\n");
    printf("subject\t%s\n", collector.name);
    printf("about\t%s\n", collector.about);
    printf("stands-for\t%s\n",
           collector.stands_for ? collector.stands_for : "-");
    printf("version\tcowlab %s\n", PACKAGE_VERSION);
    for (size_t i = 0; i < collector.option_count; i++) {
        printf("option");
        print_parameter("", &collector.options[i]);
    }
    for (size_t i = 0; i < collector.prepare_count; i++) {
        printf("prepare\t%s\t%s\n", collector.prepare[i].name,
               collector.prepare[i].meaning);
    }
    for (size_t i = 0; i < collector.metadata_count; i++) {
        const struct metadata *row = &collector.metadata[i];
        printf("metadata\t%s\t%s\t%u\t%u\t%s\n", row->kind, row->placement,
               row->bits, row->per_bytes, row->when);
    }
    for (size_t i = 0; workloads[i] != NULL; i++) {
        print_workload(workloads[i]);
    }
}

void describe_operations(void)
{
#define PRINT_OPERATION(name, result, arguments, meaning)                      \
    printf("%s\t%s\n", #name, meaning);
    COLLECTOR_OPERATIONS(PRINT_OPERATION)
}

const char *operation_missing(void)
{
#define CHECK_OPERATION(name, result, arguments, meaning)                      \
    if (collector.name == NULL) {                                              \
        return #name;                                                          \
    }
    COLLECTOR_OPERATIONS(CHECK_OPERATION)
    return NULL;
}
