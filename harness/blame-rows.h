/* blame-rows.h: broken pages counted by who wrote them first. */
#ifndef HARNESS_BLAME_ROWS_H
#define HARNESS_BLAME_ROWS_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/blame-name.h"
#include "harness/fault-log.h"
#include "smaps/symbols.h"

struct blame_row {
    char *phase, *kind, *placement, *object_kind, *function;
    char *caller; /* NULL: the function wrote for itself, or it is not known */
    uint64_t pages;
};

/* Starts as all zero. */
struct blame_rows {
    struct blame_row *items;
    size_t count, capacity;
};

/* Counts one page; the words are copied.  `caller` may be NULL. */
void blame_rows_add(struct blame_rows *rows, const struct blame_name *name,
                    const char *function, const char *caller);

/* The same by whose instruction a fault was at; `symbols` are those of its
 * process, or NULL. */
void blame_rows_add_fault(struct blame_rows *rows,
                          const struct blame_name *name,
                          const struct logged_fault *fault,
                          struct symbols *symbols);

/* As an array of objects, most pages first; the caller releases it. */
json_t *blame_rows_json(struct blame_rows *rows);

void blame_rows_clear(struct blame_rows *rows);

#endif
