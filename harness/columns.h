/* columns.h: the measures that tables show: their names, units and digits. */
#ifndef HARNESS_COLUMNS_H
#define HARNESS_COLUMNS_H

#include <stddef.h>

#include "harness/outcome.h"

struct column {
    enum measure measure;
    const char *key;    /* in JSON, in base units */
    const char *header; /* in a table */
    double unit;        /* the table's unit, in base units */
    int decimals;
};

struct columns {
    const char *title; /* NULL: those that stand first */
    const struct column *items;
    size_t count;
};

enum columns_group {
    COLUMNS_SERVED,    /* of every cell */
    COLUMNS_SCHEDULED, /* of open loops; but that of service is of all */
    COLUMNS_LIMITED,   /* where memory is limited */
    COLUMNS_IDLE,      /* where collections were asked of idle workers */
    COLUMNS_COUNTED,   /* where the subject counts what it does */
    COLUMNS_GROUPS,
};

extern const struct columns columns[COLUMNS_GROUPS];

/* The column of that key, or NULL. */
const struct column *column_find(const char *key);

/* The most that any group has. */
enum { COLUMNS_MAX = 16 };

#endif
