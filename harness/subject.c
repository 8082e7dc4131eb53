/* subject.c: reads the facts that a subject prints of itself. */
#include "harness/subject.h"

#include <stdlib.h>
#include <string.h>

#include "harness/memory.h"

enum { FIELDS_MAX = 8 };

/* The text of one line's fields, the fact's own word left out. */
typedef int fact_reader(struct subject *subject, char *const *fields,
                        struct error *error);

static int read_text(char **target, const char *text, struct error *error)
{
    if (*target)
        return error_set(error, "said twice");
    *target = xstrdup(text);
    return 0;
}

static int read_protocol(struct subject *subject, char *const *fields,
                         struct error *error)
{
    (void)subject;
    if (strcmp(fields[0], "1"))
        return error_set(error, "protocol version '%s': this cowlab speaks 1",
                         fields[0]);
    return 0;
}

static int read_name(struct subject *subject, char *const *fields,
                     struct error *error)
{
    if (!*fields[0])
        return error_set(error, "an empty name");
    return read_text(&subject->name, fields[0], error);
}

static int read_about(struct subject *subject, char *const *fields,
                      struct error *error)
{
    return read_text(&subject->about, fields[0], error);
}

static int read_stands_for(struct subject *subject, char *const *fields,
                           struct error *error)
{
    return read_text(&subject->stands_for,
                     strcmp(fields[0], "-") ? fields[0] : "", error);
}

static int read_on_behalf_of(struct subject *subject, char *const *fields,
                             struct error *error)
{
    if (!*fields[0])
        return error_set(error, "an empty name");
    return read_text(&subject->on_behalf_of, fields[0], error);
}

static int read_missing(struct subject *subject, char *const *fields,
                        struct error *error)
{
    if (!*fields[0])
        return error_set(error, "an empty reason");
    return read_text(&subject->missing, fields[0], error);
}

static int read_version(struct subject *subject, char *const *fields,
                        struct error *error)
{
    return read_text(&subject->version, fields[0], error);
}

static void add_fact(struct subject_fact **facts, size_t *count,
                     char *const *fields, size_t field_count)
{
    *facts = xreallocarray(*facts, *count + 1, sizeof **facts);
    struct subject_fact *fact = &(*facts)[(*count)++];
    *fact = (struct subject_fact){0};
    for (size_t i = 0; i < field_count; i++)
        fact->fields[i] = xstrdup(fields[i]);
}

static int read_part(struct subject *subject, char *const *fields,
                     struct error *error)
{
    if (!*fields[0])
        return error_set(error, "an empty path");
    add_fact(&subject->parts, &subject->part_count, fields, 1);
    return 0;
}

static int read_build(struct subject *subject, char *const *fields,
                      struct error *error)
{
    for (size_t i = 0; i < subject->build_count; i++)
        if (!strcmp(subject->build[i].fields[0], fields[0]))
            return error_set(error, "%s: said twice", fields[0]);
    if (!*fields[0] || !*fields[1])
        return error_set(error, "an empty name or value");
    add_fact(&subject->build, &subject->build_count, fields, 2);
    return 0;
}

static int read_option(struct subject *subject, char *const *fields,
                       struct error *error)
{
    return declarations_add(&subject->options, fields, error);
}

static int read_prepare(struct subject *subject, char *const *fields,
                        struct error *error)
{
    (void)error;
    add_fact(&subject->prepare, &subject->prepare_count, fields, 2);
    return 0;
}

static int read_lacks(struct subject *subject, char *const *fields,
                      struct error *error)
{
    if (!*fields[0] || !*fields[1])
        return error_set(error, "an empty step or reason");
    add_fact(&subject->lacks, &subject->lacks_count, fields, 2);
    return 0;
}

static int read_lacks_value(struct subject *subject, char *const *fields,
                            struct error *error)
{
    const struct declaration *option =
        declarations_find(&subject->options, fields[0]);
    char canonical[64];
    if (!option)
        return error_set(error, "a value of the unknown option '%s'",
                         fields[0]);
    if (declaration_check(option, fields[1], canonical, error))
        return -1;
    if (!*fields[2])
        return error_set(error, "an empty reason");
    add_fact(&subject->lacks_values, &subject->lacks_value_count,
             (char *[]){fields[0], canonical, fields[2]}, 3);
    return 0;
}

static int read_metadata(struct subject *subject, char *const *fields,
                         struct error *error)
{
    for (size_t i = 2; i < 4; i++)
        if (!*fields[i] || fields[i][strspn(fields[i], "0123456789")])
            return error_set(error, "'%s' is no number", fields[i]);
    add_fact(&subject->metadata, &subject->metadata_count, fields, 5);
    return 0;
}

static int read_workload(struct subject *subject, char *const *fields,
                         struct error *error)
{
    if (subject_workload(subject, fields[0]))
        return error_set(error, "workload %s: said twice", fields[0]);
    subject->workloads =
        xreallocarray(subject->workloads, subject->workload_count + 1,
                      sizeof *subject->workloads);
    subject->workloads[subject->workload_count++] = (struct subject_workload){
        .name = xstrdup(fields[0]), .about = xstrdup(fields[1])};
    return 0;
}

static int read_parameter(struct subject *subject, char *const *fields,
                          struct error *error)
{
    for (size_t i = 0; i < subject->workload_count; i++)
        if (strcmp(subject->workloads[i].name, fields[0]) == 0)
            return declarations_add(&subject->workloads[i].parameters,
                                    fields + 1, error);
    return error_set(error, "a parameter of the unknown workload '%s'",
                     fields[0]);
}

static const struct fact {
    const char *word;
    size_t field_count;
    fact_reader *read;
} facts[] = {
    {"cowlab-subject", 1, read_protocol},
    {"subject", 1, read_name},
    {"about", 1, read_about},
    {"stands-for", 1, read_stands_for},
    {"on-behalf-of", 1, read_on_behalf_of},
    {"missing", 1, read_missing},
    {"version", 1, read_version},
    {"part", 1, read_part},
    {"build", 2, read_build},
    {"option", 7, read_option},
    {"prepare", 2, read_prepare},
    {"lacks", 2, read_lacks},
    {"lacks-value", 3, read_lacks_value},
    {"metadata", 5, read_metadata},
    {"workload", 2, read_workload},
    {"parameter", 8, read_parameter},
};

static int read_line(struct subject *subject, char *line, struct error *error)
{
    char *fields[FIELDS_MAX];
    size_t count = 0;
    char *rest = line;
    char *word = strsep(&rest, "\t");
    while (rest && count < FIELDS_MAX)
        fields[count++] = strsep(&rest, "\t");
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        if (strcmp(word, facts[i].word))
            continue;
        if (count != facts[i].field_count || rest)
            return error_set(error, "'%s' takes %zu fields", word,
                             facts[i].field_count);
        struct error cause;
        if (facts[i].read(subject, fields, &cause))
            return error_set(error, "%s: %s", word, cause.text);
        return 0;
    }
    return error_set(error, "no fact of protocol 1: '%s'", word);
}

/* What was not said is empty, so that readers need not ask. */
static void fill_in(char **text)
{
    if (!*text)
        *text = xstrdup("");
}

int subject_parse(struct subject *subject, char *text, struct error *error)
{
    size_t number = 0;
    char *line;
    while ((line = strsep(&text, "\n")) && (text || *line)) {
        struct error cause;
        if (number++ == 0 && strncmp(line, "cowlab-subject\t", 15))
            return error_set(error, "line 1: expected 'cowlab-subject' and a "
                                    "protocol version");
        if (read_line(subject, line, &cause))
            return error_set(error, "line %zu: %s", number, cause.text);
    }
    if (!subject->name)
        return error_set(error, "it does not say its name");
    fill_in(&subject->about);
    fill_in(&subject->stands_for);
    fill_in(&subject->on_behalf_of);
    fill_in(&subject->version);
    return 0;
}

static void free_facts(struct subject_fact *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < sizeof list->fields / sizeof *list->fields; j++)
            free(list[i].fields[j]);
    free(list);
}

void subject_clear(struct subject *subject)
{
    for (size_t i = 0; subject->command[i]; i++)
        free(subject->command[i]);
    free(subject->name);
    free(subject->about);
    free(subject->stands_for);
    free(subject->on_behalf_of);
    free(subject->missing);
    free(subject->version);
    declarations_free(&subject->options);
    free_facts(subject->parts, subject->part_count);
    free_facts(subject->build, subject->build_count);
    free_facts(subject->prepare, subject->prepare_count);
    free_facts(subject->lacks, subject->lacks_count);
    free_facts(subject->lacks_values, subject->lacks_value_count);
    free_facts(subject->metadata, subject->metadata_count);
    for (size_t i = 0; i < subject->workload_count; i++) {
        free(subject->workloads[i].name);
        free(subject->workloads[i].about);
        declarations_free(&subject->workloads[i].parameters);
    }
    free(subject->workloads);
    *subject = (struct subject){0};
}

const struct subject_workload *subject_workload(const struct subject *subject,
                                                const char *name)
{
    for (size_t i = 0; i < subject->workload_count; i++)
        if (strcmp(subject->workloads[i].name, name) == 0)
            return &subject->workloads[i];
    return NULL;
}

const char *subject_lacks(const struct subject *subject, const char *step)
{
    for (size_t i = 0; i < subject->lacks_count; i++)
        if (!strcmp(subject->lacks[i].fields[0], step))
            return subject->lacks[i].fields[1];
    return NULL;
}

const char *subject_lacks_value(const struct subject *subject,
                                const char *option, const char *value)
{
    for (size_t i = 0; i < subject->lacks_value_count; i++) {
        char *const *fields = subject->lacks_values[i].fields;
        if (!strcmp(fields[0], option) && !strcmp(fields[1], value))
            return fields[2];
    }
    return NULL;
}
