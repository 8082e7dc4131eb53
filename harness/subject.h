/* subject.h: the programs that can be measured, and what each says of itself.
 *
 * A subject is a collector program beside cowlab (in the build tree or where
 * it was installed) or an adapter for a real runtime.  The catalogue asks each
 * with `--describe`; see subjects/PROTOCOL.md. */
#ifndef HARNESS_SUBJECT_H
#define HARNESS_SUBJECT_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/declaration.h"
#include "harness/error.h"

struct subject_fact { /* of a build, a prepare step that there is or is not, a
                       * value that cannot be had, or a row of metadata */
    char *fields[5];  /* as in PROTOCOL.md, unused ones NULL */
};

struct subject_workload {
    char *name;
    char *about;
    struct declarations parameters;
};

struct subject {
    char *name;
    char *command[4]; /* argv, NULL-terminated: the program, or interpreter,
                       * script and, of several in one script, which */
    char *about;
    char *stands_for;   /* "" if nothing */
    char *on_behalf_of; /* the server for whose processes it speaks, or "" */
    char *missing; /* why it cannot run here; then no more is told; or NULL */
    char *version;
    bool collector;             /* one of ours, as opposed to an adapter */
    struct subject_fact *parts; /* other scripts that it runs: path */
    size_t part_count;
    struct subject_fact *build; /* how the runtime was built: name, value */
    size_t build_count;
    struct declarations options;
    struct subject_fact *prepare;
    size_t prepare_count;
    struct subject_fact *lacks; /* steps of its kind that it has not: why */
    size_t lacks_count;
    struct subject_fact *lacks_values; /* of its options: name, value, why */
    size_t lacks_value_count;
    struct subject_fact *metadata;
    size_t metadata_count;
    struct subject_workload *workloads;
    size_t workload_count;
};

/* Reads what a program printed for `--describe`; `text` is cut into pieces.
 * The subject's name and facts are filled in; `command` and `collector` are
 * left as they are.  The error names the line.  Free with subject_clear, also
 * after a failure. */
int subject_parse(struct subject *subject, char *text, struct error *error);
void subject_clear(struct subject *subject);

/* Why the subject has not a prepare step that another version of it has, or
 * NULL. */
const char *subject_lacks(const struct subject *subject, const char *step);

/* Why the subject cannot have a value of an option, in canonical text, here, or
 * NULL. */
const char *subject_lacks_value(const struct subject *subject,
                                const char *option, const char *value);

/* An adapter whose runtime is missing here, or does not say what it is. */
struct missing_subject {
    char *name;
    char *why; /* "pypy3 is not installed (Debian package pypy3)" */
};

/* An adapter that has not been asked what it is. */
struct unasked_subject {
    char *name;
    char *command[4]; /* as a subject's */
};

struct catalogue {
    struct subject *subjects; /* collectors first, each group by name */
    size_t count;
    struct missing_subject *missing;
    size_t missing_count;
    struct unasked_subject *unasked;
    size_t unasked_count;
};

/* Finds all subjects and asks the collectors.  One that does not describe
 * itself properly is an error that names it.  Free with catalogue_close. */
int catalogue_open(struct catalogue *catalogue, struct error *error);
void catalogue_close(struct catalogue *catalogue);

/* Asks the adapter of that name, or all with NULL, if that has not been done: a
 * real runtime takes longer to say what it is than most commands take.  Each
 * becomes a subject or, if it does not describe itself properly, too, missing.
 * Subjects that are there stay where they are. */
void catalogue_ask(struct catalogue *catalogue, const char *name);

const struct subject *catalogue_find(const struct catalogue *catalogue,
                                     const char *name);

/* Why a known subject is missing here, or NULL. */
const char *catalogue_missing(const struct catalogue *catalogue,
                              const char *name);

/* The names of all subjects, asked, missing or not, as the subjects are
 * ordered; the caller frees the array, the names are borrowed. */
const char **catalogue_names(const struct catalogue *catalogue, size_t *count);

/* Each workload that any subject that was asked has, once, as the first one
 * declares it.  The caller frees the array, the workloads are borrowed. */
const struct subject_workload **
catalogue_workloads(const struct catalogue *catalogue, size_t *count);

/* The subject's workload of that name, or NULL. */
const struct subject_workload *subject_workload(const struct subject *subject,
                                                const char *name);

#endif
