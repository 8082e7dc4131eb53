/* declaration.c: declared options and parameters, and values against them. */
#include "harness/declaration.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/memory.h"
#include "harness/nearest.h"

enum { VALUE_SIZE = 64 };

/* Numbers. */

/* A factor such as " KiB", which only sizes may carry; 0 if unknown. */
static int64_t unit_factor(const char *suffix)
{
    static const struct {
        const char *name;
        int64_t factor;
    } units[] = {
        {"", 1},
        {"B", 1},
        {"KiB", INT64_C(1) << 10},
        {"MiB", INT64_C(1) << 20},
        {"GiB", INT64_C(1) << 30},
    };
    suffix += *suffix == ' ';
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(suffix, units[i].name) == 0)
            return units[i].factor;
    return 0;
}

/* Zeros before a number may not make it as long as one likes: it stands in
 * labels. */
static bool parse_integer(const char *text, bool size, int64_t *number)
{
    if (!isdigit((unsigned char)text[*text == '-']) ||
        strlen(text) >= VALUE_SIZE)
        return false;
    char *end;
    errno = 0;
    *number = strtoll(text, &end, 10);
    if (errno || (*end && !size))
        return false;
    int64_t factor = unit_factor(end);
    return factor && !__builtin_mul_overflow(*number, factor, number);
}

bool declaration_size(const char *text, int64_t *number)
{
    return parse_integer(text, true, number);
}

static bool is_size(const struct declaration *declaration)
{
    return strcmp(declaration->unit, "bytes") == 0;
}

static int check_integer(const struct declaration *declaration,
                         const char *value, char canonical[VALUE_SIZE],
                         struct error *error)
{
    int64_t number;
    const char *space = *declaration->unit ? " " : "";
    if (!parse_integer(value, is_size(declaration), &number))
        return error_set(error,
                         "%s must be a whole number from %" PRId64
                         " to %" PRId64 "%s%s, not '%s'",
                         declaration->name, declaration->minimum,
                         declaration->maximum, space, declaration->unit, value);
    if (number < declaration->minimum || number > declaration->maximum)
        return error_set(
            error, "%s is %s: it must be from %" PRId64 " to %" PRId64 "%s%s",
            declaration->name, value, declaration->minimum,
            declaration->maximum, space, declaration->unit);
    snprintf(canonical, VALUE_SIZE, "%" PRId64, number);
    return 0;
}

/* Choices. */

static int check_choice(const struct declaration *declaration,
                        const char *value, char canonical[VALUE_SIZE],
                        struct error *error)
{
    char *words = xstrdup(declaration->choices);
    const char **choices = xcalloc(strlen(words) + 1, sizeof *choices);
    size_t count = 0;
    char *rest;
    for (char *word = strtok_r(words, "|", &rest); word;
         word = strtok_r(NULL, "|", &rest))
        choices[count++] = word;
    char *kind = xasprintf("value of %s", declaration->name);
    int status = nearest_unknown(kind, value, choices, count, error);
    if (status == 0)
        snprintf(canonical, VALUE_SIZE, "%s", value);
    free(kind);
    free(choices);
    free(words);
    return status;
}

int declaration_check(const struct declaration *declaration, const char *value,
                      char canonical[VALUE_SIZE], struct error *error)
{
    return declaration->type == DECLARATION_INTEGER
               ? check_integer(declaration, value, canonical, error)
               : check_choice(declaration, value, canonical, error);
}

/* Declaring. */

static void declaration_free(struct declaration *declaration)
{
    free(declaration->name);
    free(declaration->default_value);
    free(declaration->choices);
    free(declaration->unit);
    free(declaration->meaning);
}

static int read_integer(struct declaration *declaration, char *const fields[7],
                        struct error *error)
{
    declaration->type = DECLARATION_INTEGER;
    declaration->choices = xstrdup("");
    if (!parse_integer(fields[3], false, &declaration->minimum) ||
        !parse_integer(fields[4], false, &declaration->maximum) ||
        declaration->minimum > declaration->maximum)
        return error_set(error, "%s: no range: from '%s' to '%s'", fields[0],
                         fields[3], fields[4]);
    return 0;
}

/* Each choice must fit where a canonical value is kept. */
static int read_choice(struct declaration *declaration, char *const fields[7],
                       struct error *error)
{
    declaration->type = DECLARATION_CHOICE;
    declaration->choices = xstrdup(fields[3]);
    if (!*fields[3] || strlen(fields[3]) >= VALUE_SIZE)
        return error_set(error, "%s: its choices are none or too long: '%s'",
                         fields[0], fields[3]);
    return 0;
}

static int read_type(struct declaration *declaration, char *const fields[7],
                     struct error *error)
{
    if (strcmp(fields[1], "integer") == 0)
        return read_integer(declaration, fields, error);
    if (strcmp(fields[1], "choice") == 0)
        return read_choice(declaration, fields, error);
    return error_set(error, "%s: unknown type '%s': it is integer or choice",
                     fields[0], fields[1]);
}

static int declaration_read(const struct declarations *declared,
                            struct declaration *declaration,
                            char *const fields[7], struct error *error)
{
    if (!*fields[0])
        return error_set(error, "a declaration without a name");
    if (declarations_find(declared, fields[0]))
        return error_set(error, "%s: declared twice", fields[0]);
    declaration->name = xstrdup(fields[0]);
    declaration->unit = xstrdup(strcmp(fields[5], "-") ? fields[5] : "");
    declaration->meaning = xstrdup(fields[6]);
    char canonical[VALUE_SIZE];
    struct error cause;
    if (read_type(declaration, fields, error))
        return -1;
    if (declaration_check(declaration, fields[2], canonical, &cause))
        return error_set(error, "its own default: %s", cause.text);
    declaration->default_value = xstrdup(canonical);
    return 0;
}

int declarations_add(struct declarations *declarations, char *const fields[7],
                     struct error *error)
{
    struct declaration declaration = {0};
    if (declaration_read(declarations, &declaration, fields, error)) {
        declaration_free(&declaration);
        return -1;
    }
    declarations->items =
        xreallocarray(declarations->items, declarations->count + 1,
                      sizeof *declarations->items);
    declarations->items[declarations->count++] = declaration;
    return 0;
}

void declarations_free(struct declarations *declarations)
{
    for (size_t i = 0; i < declarations->count; i++)
        declaration_free(&declarations->items[i]);
    free(declarations->items);
    *declarations = (struct declarations){0};
}

/* Finding. */

const struct declaration *
declarations_find(const struct declarations *declarations, const char *name)
{
    for (size_t i = 0; i < declarations->count; i++)
        if (strcmp(declarations->items[i].name, name) == 0)
            return &declarations->items[i];
    return NULL;
}

int declaration_number(const struct declaration *declaration, struct node node,
                       int64_t *number, struct error *error)
{
    char canonical[VALUE_SIZE];
    struct error cause;
    if (node_expect(node, NODE_SCALAR, "a whole number", error))
        return -1;
    if (declaration_check(declaration, node_text(node), canonical, &cause))
        return node_error(node, error, "%s", cause.text);
    *number = strtoll(canonical, NULL, 10);
    return 0;
}
