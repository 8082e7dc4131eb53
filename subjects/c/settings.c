/* settings.c: see settings.h. */
#include "subjects/c/settings.h"

#include "collectors/collector.h"
#include "subjects/c/message.h"

#include <stdio.h>
#include <string.h>

static char wrong[256];

static const char *say(const char *what, const char *word)
{
    snprintf(wrong, sizeof wrong, "%s '%.100s'", what, word);
    return wrong;
}

/* Which of the words separated by '|' the value is, or -1. */
static int64_t choice_of(const char *choices, const char *value)
{
    size_t length = strlen(value);
    for (int64_t i = 0;; i++) {
        size_t span = strcspn(choices, "|");
        if (span == length && strncmp(choices, value, length) == 0) {
            return i;
        }
        if (choices[span] == '\0') {
            return -1;
        }
        choices += span + 1;
    }
}

static const char *set(const struct parameter *parameters, size_t count,
                       const char *name, const char *value)
{
    for (size_t i = 0; i < count; i++) {
        const struct parameter *parameter = &parameters[i];
        if (strcmp(parameter->name, name) != 0) {
            continue;
        }
        uint64_t number = 0;
        if (parameter->choices != NULL) {
            int64_t choice = choice_of(parameter->choices, value);
            if (choice < 0) {
                return say("no such choice", value);
            }
            *parameter->value = choice;
            return NULL;
        }
        if (!message_number(value, &number) || number > INT64_MAX ||
            (int64_t)number < parameter->minimum ||
            (int64_t)number > parameter->maximum) {
            return say("not a number in the declared range", value);
        }
        *parameter->value = (int64_t)number;
        return NULL;
    }
    return say("no parameter or option", name);
}

/* The one whose name is the first `length` characters, or NULL. */
static const struct workload *
workload_named(const struct workload *const *workload, const char *name,
               size_t length)
{
    while (*workload != NULL &&
           (strncmp((*workload)->name, name, length) != 0 ||
            (*workload)->name[length] != '\0')) {
        workload++;
    }
    return *workload;
}

/* A parameter of the workload or, as PART.PARAMETER, of one of its parts. */
static const char *set_parameter(const struct workload *workload,
                                 const char *name, const char *value)
{
    size_t length = strcspn(name, ".");
    const char *parameter = name;
    if (name[length] != '\0' && workload->parts != NULL) {
        workload = workload_named(workload->parts, name, length);
        parameter = name + length + 1;
    }
    return workload ? set(workload->parameters, workload->parameter_count,
                          parameter, value)
                    : say("no such part:", name);
}

/* What is wrong with a workload's parameters as a whole, or NULL. */
static const char *wrong_together(const struct workload *workload)
{
    const char *problem = workload->wrong ? workload->wrong() : NULL;
    if (problem == NULL) {
        return NULL;
    }
    snprintf(wrong, sizeof wrong, "%s: %.200s", workload->name, problem);
    return wrong;
}

/* The same of it and its parts. */
static const char *wrong_anywhere(const struct workload *workload)
{
    const char *problem = wrong_together(workload);
    const struct workload *const *part = workload->parts;
    while (problem == NULL && part != NULL && *part != NULL) {
        problem = wrong_together(*part++);
    }
    return problem;
}

const char *settings_take(struct settings *settings, char **words,
                          unsigned count)
{
    *settings = (struct settings){NULL, 1};
    for (unsigned i = 0; i < count; i++) {
        char *value = strchr(words[i], '=');
        if (value == NULL) {
            return say("expected KEY=VALUE and found", words[i]);
        }
        *value++ = '\0';
        const char *problem = NULL;
        if (strcmp(words[i], "workload") == 0) {
            settings->workload =
                workload_named(workloads, value, strlen(value));
            problem =
                settings->workload ? NULL : say("no workload named", value);
        } else if (strcmp(words[i], "seed") == 0) {
            problem = message_number(value, &settings->seed)
                          ? NULL
                          : say("not a seed:", value);
        } else if (strncmp(words[i], "option.", 7) == 0) {
            problem = set(collector.options, collector.option_count,
                          words[i] + 7, value);
        } else if (settings->workload == NULL) {
            problem = say("a parameter before the workload:", words[i]);
        } else {
            problem = set_parameter(settings->workload, words[i], value);
        }
        if (problem != NULL) {
            return problem;
        }
    }
    return settings->workload ? wrong_anywhere(settings->workload)
                              : "no workload was named";
}
