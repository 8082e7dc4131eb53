/* blame-rows.c: see blame-rows.h. */
#include "harness/blame-rows.h"

#include <stdlib.h>
#include <string.h>

#include "harness/blame-site.h"
#include "harness/memory.h"

/* Either may be NULL. */
static bool is_same(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

static bool is_row(const struct blame_row *row, const struct blame_name *name,
                   const char *function, const char *caller)
{
    return !strcmp(row->phase, name->phase) && !strcmp(row->kind, name->kind) &&
           !strcmp(row->placement, name->placement) &&
           !strcmp(row->object_kind, name->object_kind) &&
           !strcmp(row->function, function) && is_same(row->caller, caller);
}

void blame_rows_add(struct blame_rows *rows, const struct blame_name *name,
                    const char *function, const char *caller)
{
    for (size_t i = 0; i < rows->count; i++)
        if (is_row(&rows->items[i], name, function, caller)) {
            rows->items[i].pages++;
            return;
        }
    if (rows->count == rows->capacity) {
        rows->capacity = 2 * rows->capacity + 16;
        rows->items =
            xreallocarray(rows->items, rows->capacity, sizeof *rows->items);
    }
    rows->items[rows->count++] = (struct blame_row){
        .phase = xstrdup(name->phase),
        .kind = xstrdup(name->kind),
        .placement = xstrdup(name->placement),
        .object_kind = xstrdup(name->object_kind),
        .function = xstrdup(function),
        .caller = caller ? xstrdup(caller) : NULL,
        .pages = 1,
    };
}

void blame_rows_add_fault(struct blame_rows *rows,
                          const struct blame_name *name,
                          const struct logged_fault *fault,
                          struct symbols *symbols)
{
    uint64_t called_from =
        symbols ? symbols_caller(symbols, fault->instruction, fault->stack_top)
                : 0;
    struct blame_site site =
        blame_site(symbols, fault->instruction, called_from, fault->in_kernel);
    const char *function = site.function ? site.function
                           : site.writer ? site.writer->object
                                         : "unknown";
    const char *caller = site.caller ? site.caller->names[0] : NULL;
    if (fault->in_kernel)
        blame_rows_add(rows, name, "(kernel)", function);
    else
        blame_rows_add(rows, name, function, caller);
}

static int compare(const void *left, const void *right)
{
    const struct blame_row *a = left, *b = right;
    return (a->pages < b->pages) - (a->pages > b->pages);
}

json_t *blame_rows_json(struct blame_rows *rows)
{
    json_t *array = json_array();
    if (rows->count)
        qsort(rows->items, rows->count, sizeof *rows->items, compare);
    for (size_t i = 0; i < rows->count; i++) {
        const struct blame_row *row = &rows->items[i];
        json_array_append_new(
            array, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s*, s:I}", "phase",
                             row->phase, "kind", row->kind, "placement",
                             row->placement, "object_kind", row->object_kind,
                             "function", row->function, "caller", row->caller,
                             "pages", (json_int_t)row->pages));
    }
    return array;
}

void blame_rows_clear(struct blame_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        struct blame_row *row = &rows->items[i];
        free(row->phase);
        free(row->kind);
        free(row->placement);
        free(row->object_kind);
        free(row->function);
        free(row->caller);
    }
    free(rows->items);
    *rows = (struct blame_rows){0};
}
