/* catalogue.c: finds the subjects of this machine and asks each what it is. */
#include "harness/subject.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/describe.h"
#include "harness/memory.h"
#include "harness/place.h"

/* Real runtimes and servers: a script of ours in subjects/ under an
 * interpreter.  A script for several is told which. */
static const struct adapter {
    const char *name;
    const char *interpreter;
    const char *script;
    const char *package; /* Debian's, that holds the interpreter */
    const char *which;   /* or NULL */
} adapters[] = {
    {"gunicorn", "python3", "server.py", "python3", "gunicorn"},
    {"puma", "python3", "server.py", "python3", "puma"},
    {"pypy", "pypy3", "python.py", "pypy3", NULL},
    {"python", "python3", "python.py", "python3", NULL},
    {"ruby", "ruby", "ruby.rb", "ruby", NULL},
    {"unicorn", "python3", "server.py", "python3", "unicorn"},
    {"uwsgi", "python3", "server.py", "python3", "uwsgi"},
};

static bool is_program(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) &&
           access(path, X_OK) == 0;
}

static void add_missing(struct catalogue *catalogue, const char *name,
                        char *why)
{
    catalogue->missing =
        xreallocarray(catalogue->missing, catalogue->missing_count + 1,
                      sizeof *catalogue->missing);
    catalogue->missing[catalogue->missing_count++] =
        (struct missing_subject){.name = xstrdup(name), .why = why};
}

/* Asks a program what it is.  Takes the words of its command, which must be
 * allocated; a given name goes before the program's own. */
static int ask(const struct catalogue *catalogue, struct subject *subject,
               char *const command[4], const char *name, struct error *error)
{
    memcpy(subject->command, command, sizeof subject->command);
    const char *script = command[1] ? command[1] : "";
    struct error cause;
    char *text = NULL;
    int status = describe(subject->command, &text, &cause);
    if (status == 0)
        status = subject_parse(subject, text, &cause);
    free(text);
    if (status == 0 && name) {
        free(subject->name);
        subject->name = xstrdup(name);
    }
    if (status == 0 && catalogue_find(catalogue, subject->name))
        status = error_set(&cause, "another subject is named '%s' too",
                           subject->name);
    if (status) {
        error_set(error, "%s%s%s --describe: %s", command[0],
                  *script ? " " : "", script, cause.text);
        subject_clear(subject);
    }
    return status;
}

/* There is room in the list.  Takes the subject. */
static void add_subject(struct catalogue *catalogue, struct subject *subject)
{
    if (!subject->missing) {
        catalogue->subjects[catalogue->count++] = *subject;
        return;
    }
    add_missing(catalogue, subject->name, xstrdup(subject->missing));
    subject_clear(subject);
}

static int add_collector(struct catalogue *catalogue, char *path,
                         struct error *error)
{
    struct subject subject = {.collector = true};
    if (ask(catalogue, &subject, (char *[4]){path}, NULL, error))
        return -1;
    catalogue->subjects = xreallocarray(
        catalogue->subjects, catalogue->count + 1, sizeof *catalogue->subjects);
    add_subject(catalogue, &subject);
    return 0;
}

/* Takes the words of its command.  A runtime is none of cowlab's programs: if
 * it does not say what it is, only it is missing. */
static void add_adapter(struct catalogue *catalogue,
                        const struct unasked_subject *unasked)
{
    struct subject subject = {0};
    struct error error;
    if (ask(catalogue, &subject, unasked->command, unasked->name, &error))
        add_missing(catalogue, unasked->name, xstrdup(error.text));
    else
        add_subject(catalogue, &subject);
}

static int add_collectors(struct catalogue *catalogue, struct error *error)
{
    char *directory = xasprintf("%s/collectors", place_programs());
    struct dirent **entries;
    int count = scandir(directory, &entries, NULL, alphasort);
    int status = 0;
    if (count < 0)
        status = error_set(error, "%s: the collector programs are not here: %s",
                           directory, strerror(errno));
    for (int i = 0; i < count; i++) {
        char *path = xasprintf("%s/%s", directory, entries[i]->d_name);
        if (status == 0 && is_program(path))
            status = add_collector(catalogue, path, error);
        else
            free(path);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    free(directory);
    return status;
}

/* The interpreter's path in $PATH, allocated; NULL if it is not there. */
static char *find_program(const char *name)
{
    const char *path = getenv("PATH");
    char *directories = xstrdup(path ? path : "");
    char *rest = directories, *directory, *found = NULL;
    while (!found && (directory = strsep(&rest, ":"))) {
        char *candidate = xasprintf("%s/%s", directory, name);
        if (*directory && is_program(candidate))
            found = candidate;
        else
            free(candidate);
    }
    free(directories);
    return found;
}

/* With room for all of them among the subjects, which then stay in place. */
static void add_adapters(struct catalogue *catalogue)
{
    size_t count = sizeof adapters / sizeof *adapters;
    catalogue->unasked = xcalloc(count, sizeof *catalogue->unasked);
    catalogue->subjects =
        xreallocarray(catalogue->subjects, catalogue->count + count,
                      sizeof *catalogue->subjects);
    for (size_t i = 0; i < count; i++) {
        const struct adapter *adapter = &adapters[i];
        char *interpreter = find_program(adapter->interpreter);
        if (!interpreter) {
            add_missing(catalogue, adapter->name,
                        xasprintf("%s is not installed (Debian package %s)",
                                  adapter->interpreter, adapter->package));
            continue;
        }
        catalogue->unasked[catalogue->unasked_count++] =
            (struct unasked_subject){
                .name = xstrdup(adapter->name),
                .command = {
                    interpreter,
                    xasprintf("%s/subjects/%s", place_data(), adapter->script),
                    adapter->which ? xstrdup(adapter->which) : NULL}};
    }
}

void catalogue_ask(struct catalogue *catalogue, const char *name)
{
    size_t left = 0;
    for (size_t i = 0; i < catalogue->unasked_count; i++) {
        struct unasked_subject *unasked = &catalogue->unasked[i];
        if (name && strcmp(unasked->name, name) != 0) {
            catalogue->unasked[left++] = *unasked;
            continue;
        }
        add_adapter(catalogue, unasked);
        free(unasked->name);
    }
    catalogue->unasked_count = left;
}

int catalogue_open(struct catalogue *catalogue, struct error *error)
{
    *catalogue = (struct catalogue){0};
    if (add_collectors(catalogue, error) < 0) {
        catalogue_close(catalogue);
        return -1;
    }
    add_adapters(catalogue);
    return 0;
}

void catalogue_close(struct catalogue *catalogue)
{
    for (size_t i = 0; i < catalogue->count; i++)
        subject_clear(&catalogue->subjects[i]);
    free(catalogue->subjects);
    for (size_t i = 0; i < catalogue->missing_count; i++) {
        free(catalogue->missing[i].name);
        free(catalogue->missing[i].why);
    }
    free(catalogue->missing);
    for (size_t i = 0; i < catalogue->unasked_count; i++) {
        for (size_t j = 0; catalogue->unasked[i].command[j]; j++)
            free(catalogue->unasked[i].command[j]);
        free(catalogue->unasked[i].name);
    }
    free(catalogue->unasked);
    *catalogue = (struct catalogue){0};
}

const struct subject *catalogue_find(const struct catalogue *catalogue,
                                     const char *name)
{
    for (size_t i = 0; i < catalogue->count; i++)
        if (strcmp(catalogue->subjects[i].name, name) == 0)
            return &catalogue->subjects[i];
    return NULL;
}

const char *catalogue_missing(const struct catalogue *catalogue,
                              const char *name)
{
    for (size_t i = 0; i < catalogue->missing_count; i++)
        if (strcmp(catalogue->missing[i].name, name) == 0)
            return catalogue->missing[i].why;
    return NULL;
}

static int compare_names(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

const char **catalogue_names(const struct catalogue *catalogue, size_t *count)
{
    const char **names = xcalloc(catalogue->count + catalogue->missing_count +
                                     catalogue->unasked_count,
                                 sizeof *names);
    size_t collectors = 0;
    *count = 0;
    for (size_t i = 0; i < catalogue->count; i++) {
        names[(*count)++] = catalogue->subjects[i].name;
        collectors += catalogue->subjects[i].collector;
    }
    for (size_t i = 0; i < catalogue->missing_count; i++)
        names[(*count)++] = catalogue->missing[i].name;
    for (size_t i = 0; i < catalogue->unasked_count; i++)
        names[(*count)++] = catalogue->unasked[i].name;
    qsort(names + collectors, *count - collectors, sizeof *names,
          compare_names);
    return names;
}

static bool is_listed(const struct subject_workload **list, size_t count,
                      const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i]->name, name) == 0)
            return true;
    return false;
}

const struct subject_workload **
catalogue_workloads(const struct catalogue *catalogue, size_t *count)
{
    const struct subject_workload **list = NULL;
    *count = 0;
    for (size_t i = 0; i < catalogue->count; i++) {
        const struct subject *subject = &catalogue->subjects[i];
        for (size_t j = 0; j < subject->workload_count; j++) {
            if (is_listed(list, *count, subject->workloads[j].name))
                continue;
            list = xreallocarray(list, *count + 1, sizeof *list);
            list[(*count)++] = &subject->workloads[j];
        }
    }
    return list;
}
