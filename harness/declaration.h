/* declaration.h: the options and parameters that a subject declares, and the
 * check of a value against them. */
#ifndef HARNESS_DECLARATION_H
#define HARNESS_DECLARATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/error.h"
#include "harness/yaml.h"

enum declaration_type { DECLARATION_INTEGER, DECLARATION_CHOICE };

struct declaration {
    char *name;
    enum declaration_type type;
    char *default_value;      /* canonical text, for either type */
    int64_t minimum, maximum; /* integers */
    char *choices;            /* choices, separated by '|' */
    char *unit;               /* "" if it has none */
    char *meaning;
};

struct declarations {
    struct declaration *items;
    size_t count;
};

/* Appends a declaration from the tab-separated fields of a `--describe` line:
 * name, type, default, minimum or choices, maximum or -, unit or -, meaning.
 * Fails when a field is missing or malformed or the default is out of range. */
int declarations_add(struct declarations *declarations, char *const fields[7],
                     struct error *error);
void declarations_free(struct declarations *declarations);

/* The declaration of that name, or NULL. */
const struct declaration *
declarations_find(const struct declarations *declarations, const char *name);

/* Checks a value and writes its canonical text into `canonical`.  Where the
 * unit is "bytes", a size such as "64 KiB" or "1 GiB" becomes a plain integer.
 * The error says what the range or the choices are, and which choice is
 * nearest. */
int declaration_check(const struct declaration *declaration, const char *value,
                      char canonical[64], struct error *error);

/* Reads a whole number, which may carry a unit of size ("64 KiB"). */
bool declaration_size(const char *text, int64_t *number);

/* Reads a whole number of an experiment file that is declared as an integer. */
int declaration_number(const struct declaration *declaration, struct node node,
                       int64_t *number, struct error *error);

#endif
