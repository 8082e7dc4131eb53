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
    uint64_t first_ns, last_ns; /* of these writes; CLOCK_MONOTONIC */
    size_t number;              /* as blame_rows_add returned it */
};

/* Starts as all zero. */
struct blame_rows {
    struct blame_row *items;
    size_t count, capacity;
};

/* Counts one page; the words are copied.  `caller` may be NULL.  Returns the
 * number of the row. */
size_t blame_rows_add(struct blame_rows *rows, const struct blame_name *name,
                      const char *function, const char *caller,
                      uint64_t time_ns);

/* The same by whose instruction a fault was at; `symbols` are those of its
 * process, or NULL. */
size_t blame_rows_add_fault(struct blame_rows *rows,
                            const struct blame_name *name,
                            const struct logged_fault *fault,
                            struct symbols *symbols);

/* Puts the rows in order, most pages first; no more can be added.  Returns the
 * place of each number, which the caller frees. */
size_t *blame_rows_sort(struct blame_rows *rows);

/* As an array of objects, in the order of the rows, with times since
 * `since_ns`; the caller releases it. */
json_t *blame_rows_json(const struct blame_rows *rows, uint64_t since_ns);

void blame_rows_clear(struct blame_rows *rows);

#endif
