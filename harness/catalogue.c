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

/* Real runtimes: a script of ours in subjects/ under an interpreter. */
static const struct adapter {
    const char *name;
    const char *interpreter;
    const char *script;
    const char *package; /* Debian's, that holds the interpreter */
} adapters[] = {
    {"pypy", "pypy3", "python.py", "pypy3"},
    {"python", "python3", "python.py", "python3"},
    {"ruby", "ruby", "ruby.rb", "ruby"},
};

static bool is_program(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) &&
           access(path, X_OK) == 0;
}

/* Asks the program and adds what it says.  Takes the words of the command,
 * which must be allocated; a given name goes before the program's own. */
static int add_subject(struct catalogue *catalogue, char *program, char *script,
                       const char *name, struct error *error)
{
    struct subject subject = {.command = {program, script},
                              .collector = name == NULL};
    struct error cause;
    char *text = NULL;
    int status = describe(subject.command, &text, &cause);
    if (status == 0)
        status = subject_parse(&subject, text, &cause);
    free(text);
    if (status == 0 && name) {
        free(subject.name);
        subject.name = xstrdup(name);
    }
    if (status == 0 && catalogue_find(catalogue, subject.name))
        status = error_set(&cause, "another subject is named '%s' too",
                           subject.name);
    if (status) {
        error_set(error, "%s --describe: %s", script ? script : program,
                  cause.text);
        subject_clear(&subject);
        return -1;
    }
    catalogue->subjects = xreallocarray(
        catalogue->subjects, catalogue->count + 1, sizeof *catalogue->subjects);
    catalogue->subjects[catalogue->count++] = subject;
    return 0;
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
            status = add_subject(catalogue, path, NULL, NULL, error);
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

static void add_missing(struct catalogue *catalogue,
                        const struct adapter *adapter)
{
    catalogue->missing =
        xreallocarray(catalogue->missing, catalogue->missing_count + 1,
                      sizeof *catalogue->missing);
    catalogue->missing[catalogue->missing_count++] = (struct missing_subject){
        .name = xstrdup(adapter->name),
        .why = xasprintf("%s is not installed (Debian package %s)",
                         adapter->interpreter, adapter->package)};
}

static int add_adapters(struct catalogue *catalogue, struct error *error)
{
    for (size_t i = 0; i < sizeof adapters / sizeof *adapters; i++) {
        char *interpreter = find_program(adapters[i].interpreter);
        if (!interpreter) {
            add_missing(catalogue, &adapters[i]);
            continue;
        }
        char *script =
            xasprintf("%s/subjects/%s", place_data(), adapters[i].script);
        if (add_subject(catalogue, interpreter, script, adapters[i].name,
                        error))
            return -1;
    }
    return 0;
}

int catalogue_open(struct catalogue *catalogue, struct error *error)
{
    *catalogue = (struct catalogue){0};
    if (add_collectors(catalogue, error) == 0 &&
        add_adapters(catalogue, error) == 0)
        return 0;
    catalogue_close(catalogue);
    return -1;
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
