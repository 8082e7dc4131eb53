/* keys.c: see keys.h. */
#include "harness/keys.h"

#include "harness/declaration.h"

int key_integer(struct node node, const char *name, int64_t minimum,
                int64_t maximum, const char *unit, int64_t *number,
                struct error *error)
{
    struct declaration declaration = {.name = (char *)name,
                                      .type = DECLARATION_INTEGER,
                                      .minimum = minimum,
                                      .maximum = maximum,
                                      .unit = (char *)unit};
    return node_present(node)
               ? declaration_number(&declaration, node, number, error)
               : 0;
}

#define INTEGER(NAME, MEMBER, DEFAULT, MINIMUM, MAXIMUM, UNIT, MEANING)        \
    {.name = NAME,                                                             \
     .type = "integer",                                                        \
     .value = #DEFAULT,                                                        \
     .range = #MINIMUM ".." #MAXIMUM,                                          \
     .minimum = MINIMUM,                                                       \
     .maximum = MAXIMUM,                                                       \
     .unit = UNIT,                                                             \
     .meaning = MEANING},
#define BOOLEAN(NAME, MEMBER, MEANING)                                         \
    {.name = NAME,                                                             \
     .type = "boolean",                                                        \
     .value = "false",                                                         \
     .range = "",                                                              \
     .unit = "",                                                               \
     .meaning = MEANING},
#define OTHER(NAME, TYPE, DEFAULT, RANGE, UNIT, MEANING)                       \
    {.name = NAME,                                                             \
     .type = TYPE,                                                             \
     .value = DEFAULT,                                                         \
     .range = RANGE,                                                           \
     .unit = UNIT,                                                             \
     .meaning = MEANING},

static const struct key experiment_keys[] = {EXPERIMENT_KEYS(INTEGER, OTHER)};
static const struct key regime_keys[] = {REGIME_KEYS(INTEGER, BOOLEAN, OTHER)};
static const struct key matrix_keys[] = {MATRIX_KEYS(OTHER)};
static const struct key subject_keys[] = {SUBJECT_KEYS(OTHER)};
static const struct key workload_keys[] = {WORKLOAD_KEYS(OTHER)};
static const struct key override_keys[] = {OVERRIDE_KEYS(OTHER)};
static const struct key published_keys[] = {PUBLISHED_KEYS(OTHER)};

#define GROUP(NAME, WHERE, KEYS)                                               \
    {                                                                          \
        NAME, WHERE, KEYS, sizeof(KEYS) / sizeof *(KEYS)                       \
    }

const struct key_group key_groups[KEY_GROUPS] = {
    GROUP("experiment", "at the top of the file", experiment_keys),
    GROUP("regime",
          "of how a cell is run: at the top of the file for all cells, in an "
          "item "
          "of include or override for some",
          regime_keys),
    GROUP("matrix", "in matrix, and in an item of include", matrix_keys),
    GROUP("subject",
          "in an item of subject, with the options of that subject (cowlab "
          "show subject NAME), each a value or a list of values",
          subject_keys),
    GROUP("workload",
          "in an item of workload, with the parameters of that workload "
          "(cowlab show workload NAME), each a value or a list of values",
          workload_keys),
    GROUP("override", "in an item of override, with how a cell is run",
          override_keys),
    GROUP("published", "in an item of published", published_keys),
};
