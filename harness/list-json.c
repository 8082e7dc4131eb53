/* list-json.c: the catalogue as JSON for programs. */
#include "harness/build.h"
#include "harness/list.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* What is not said is null. */
static json_t *text(const char *string)
{
    return *string ? json_string(string) : json_null();
}

static json_t *number(const char *digits)
{
    return json_integer(strtoll(digits, NULL, 10));
}

static json_t *choices_json(const char *choices)
{
    json_t *array = json_array();
    while (*choices) {
        size_t length = strcspn(choices, "|");
        json_array_append_new(array, json_stringn(choices, length));
        choices += length + (choices[length] == '|');
    }
    return array;
}

static json_t *declaration_json(const struct declaration *declaration)
{
    if (declaration->type == DECLARATION_CHOICE)
        return json_pack(
            "{ss ss ss so so ss}", "name", declaration->name, "type", "choice",
            "default", declaration->default_value, "choices",
            choices_json(declaration->choices), "unit", text(declaration->unit),
            "meaning", declaration->meaning);
    return json_pack("{ss ss so sI sI so ss}", "name", declaration->name,
                     "type", "integer", "default",
                     number(declaration->default_value), "minimum",
                     (json_int_t)declaration->minimum, "maximum",
                     (json_int_t)declaration->maximum, "unit",
                     text(declaration->unit), "meaning", declaration->meaning);
}

static json_t *declarations_json(const struct declarations *declarations)
{
    json_t *array = json_array();
    for (size_t i = 0; i < declarations->count; i++)
        json_array_append_new(array, declaration_json(&declarations->items[i]));
    return array;
}

static json_t *prepare_json(const struct subject *subject)
{
    json_t *array = json_array();
    for (size_t i = 0; i < subject->prepare_count; i++)
        json_array_append_new(
            array, json_pack("{ss ss}", "step", subject->prepare[i].fields[0],
                             "meaning", subject->prepare[i].fields[1]));
    return array;
}

static json_t *workload_names_json(const struct subject *subject)
{
    json_t *array = json_array();
    for (size_t i = 0; i < subject->workload_count; i++)
        json_array_append_new(array, json_string(subject->workloads[i].name));
    return array;
}

json_t *list_subject_json(const struct subject *subject)
{
    return json_pack(
        "{ss ss so so so so so so}", "name", subject->name, "about",
        subject->about, "stands_for", text(subject->stands_for), "version",
        text(subject->version), "build", build_json(subject), "options",
        declarations_json(&subject->options), "prepare", prepare_json(subject),
        "workloads", workload_names_json(subject));
}

static json_t *subjects_json(const struct catalogue *catalogue, bool collectors)
{
    json_t *array = json_array();
    for (size_t i = 0; i < catalogue->count; i++)
        if (catalogue->subjects[i].collector == collectors)
            json_array_append_new(array,
                                  list_subject_json(&catalogue->subjects[i]));
    return array;
}

static json_t *missing_json(const struct catalogue *catalogue)
{
    json_t *array = json_array();
    for (size_t i = 0; i < catalogue->missing_count; i++)
        json_array_append_new(
            array, json_pack("{ss ss}", "name", catalogue->missing[i].name,
                             "why", catalogue->missing[i].why));
    return array;
}

json_t *list_workload_json(const struct subject_workload *workload)
{
    return json_pack("{ss ss so}", "name", workload->name, "about",
                     workload->about, "parameters",
                     declarations_json(&workload->parameters));
}

static json_t *workloads_json(const struct catalogue *catalogue)
{
    size_t count;
    const struct subject_workload **workloads =
        catalogue_workloads(catalogue, &count);
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, list_workload_json(workloads[i]));
    free(workloads);
    return array;
}

/* Bits for each object have no number of bytes that they cover. */
static json_t *metadata_row_json(const struct subject *subject,
                                 char *const *fields)
{
    bool object = strcmp(fields[3], "0") == 0;
    return json_pack(
        "{ss ss ss so so ss}", "collector", subject->name, "kind", fields[0],
        "placement", fields[1], "bits", number(fields[2]), "per_bytes",
        object ? json_null() : number(fields[3]), "when", fields[4]);
}

json_t *list_metadata_json(const struct subject *subject)
{
    json_t *array = json_array();
    for (size_t i = 0; i < subject->metadata_count; i++)
        json_array_append_new(
            array, metadata_row_json(subject, subject->metadata[i].fields));
    return array;
}

static json_t *metadata_json(const struct catalogue *catalogue)
{
    json_t *array = json_array();
    for (size_t i = 0; i < catalogue->count; i++) {
        json_t *rows = list_metadata_json(&catalogue->subjects[i]);
        json_array_extend(array, rows);
        json_decref(rows);
    }
    return array;
}

void list_json(const struct catalogue *catalogue, unsigned parts, FILE *stream)
{
    json_t *root = json_object();
    if (parts & LIST_COLLECTORS)
        json_object_set_new(root, "collectors", subjects_json(catalogue, true));
    if (parts & LIST_RUNTIMES) {
        json_object_set_new(root, "runtimes", subjects_json(catalogue, false));
        json_object_set_new(root, "missing", missing_json(catalogue));
    }
    if (parts & LIST_WORKLOADS)
        json_object_set_new(root, "workloads", workloads_json(catalogue));
    if (parts & LIST_METADATA)
        json_object_set_new(root, "metadata", metadata_json(catalogue));
    if (parts & LIST_COUNTERS)
        json_object_set_new(root, "counters", list_counters_json());
    json_dumpf(root, stream, JSON_INDENT(2));
    fputc('\n', stream);
    json_decref(root);
}
