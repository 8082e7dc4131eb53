/* facts.h: files under /proc and /sys as values of a JSON object.  What cannot
 * be read is null with the reason beside it, under KEY_why. */
#ifndef HARNESS_FACTS_H
#define HARNESS_FACTS_H

#include <jansson.h>
#include <stdio.h>

/* Where they are collected, and before which path /proc and /sys are read: ""
 * for this machine. */
struct facts {
    json_t *object; /* borrowed */
    const char *root;
};

/* Opens a file for reading; NULL with errno set. */
FILE *facts_open(const struct facts *facts, const char *path);

/* The first line of a file, without its newline; NULL with errno set.  The
 * caller frees it. */
char *facts_line(const struct facts *facts, const char *path);

void facts_absent(const struct facts *facts, const char *key, const char *why);

/* Sets a key, also one that was absent; the value is stolen. */
void facts_present(const struct facts *facts, const char *key, json_t *value);

/* Sets a key to a file's first line. */
void facts_text(const struct facts *facts, const char *key, const char *path);

/* The same for a file that holds one number. */
void facts_number(const struct facts *facts, const char *key, const char *path);

/* Sets a key to the number that follows a word at the beginning of a line, as
 * in "oom_kill 1". */
void facts_row(const struct facts *facts, const char *key, const char *path,
               const char *word);

/* Sets pressure_some_ns and pressure_full_ns from a file of pressure stall
 * information: the time so far in which some processes, and all, had to wait.
 * Source: Documentation/accounting/psi.rst. */
void facts_pressure(const struct facts *facts, const char *path);

/* The word in brackets of a line such as "always [madvise] never", in settings
 * of huge pages. */
#define FACTS_NO_HUGE_PAGES "this kernel has no transparent huge pages"
void facts_chosen(const struct facts *facts, const char *key, const char *path);

#endif
