/* findings.h: what this machine can measure and what would disturb it: the one
 * list that `cowlab doctor` prints, and of which results keep warnings, and
 * those notes that matter to numbers. */
#ifndef HARNESS_FINDINGS_H
#define HARNESS_FINDINGS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum level {
    LEVEL_OK,
    LEVEL_NOTE,    /* something is not to be had, or worth knowing */
    LEVEL_WARNING, /* it makes what is measured less true */
    LEVEL_MISSING, /* without it cowlab cannot measure */
};

struct finding {
    const char *code; /* what was looked at: one word, always the same */
    enum level level;
    char *found;
    const char *effect, *next; /* what to do; NULL where all is well */
};

/* Starts as all zero. */
struct findings {
    struct finding *items;
    size_t count;
};

/* Adds what the kernel tells us, found by trying it (smaps/probe.h).  It is
 * tried once: later calls give the same again. */
void findings_of_kernel(struct findings *findings, const json_t *environment);

/* Adds whether the memory of subjects can be limited, and swap files be made in
 * the working directory, by making a group and a file for a moment. */
void findings_of_limits(struct findings *findings);

/* Adds what can be seen of an environment as in environment.h, of this machine
 * (`here`) or another.  `load` is the load average of others; negative when
 * unknown. */
void findings_of_machine(struct findings *findings, const json_t *environment,
                         double load, bool here);

/* Adds one; the strings but for the formatted are borrowed for good. */
void findings_add(struct findings *findings, const char *code, enum level level,
                  const char *effect, const char *next, const char *format, ...)
    __attribute__((format(printf, 6, 7)));
void findings_free(struct findings *findings);

/* The level as a word. */
const char *level_text(enum level level);

#endif
