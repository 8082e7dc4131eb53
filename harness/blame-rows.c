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

static size_t count_page(struct blame_row *row, uint64_t time_ns)
{
    row->pages++;
    if (time_ns < row->first_ns)
        row->first_ns = time_ns;
    if (time_ns > row->last_ns)
        row->last_ns = time_ns;
    return row->number;
}

size_t blame_rows_add(struct blame_rows *rows, const struct blame_name *name,
                      const char *function, const char *caller,
                      uint64_t time_ns)
{
    for (size_t i = 0; i < rows->count; i++)
        if (is_row(&rows->items[i], name, function, caller))
            return count_page(&rows->items[i], time_ns);
    if (rows->count == rows->capacity) {
        rows->capacity = 2 * rows->capacity + 16;
        rows->items =
            xreallocarray(rows->items, rows->capacity, sizeof *rows->items);
    }
    rows->items[rows->count] = (struct blame_row){
        .phase = xstrdup(name->phase),
        .kind = xstrdup(name->kind),
        .placement = xstrdup(name->placement),
        .object_kind = xstrdup(name->object_kind),
        .function = xstrdup(function),
        .caller = caller ? xstrdup(caller) : NULL,
        .pages = 1,
        .first_ns = time_ns,
        .last_ns = time_ns,
        .number = rows->count,
    };
    return rows->count++;
}

size_t blame_rows_add_fault(struct blame_rows *rows,
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
    const char *caller = site.caller && site.caller->name_count > 0
                             ? site.caller->names[0]
                             : NULL;
    return fault->in_kernel
               ? blame_rows_add(rows, name, "(kernel)", function,
                                fault->time_ns)
               : blame_rows_add(rows, name, function, caller, fault->time_ns);
}

static int compare(const void *left, const void *right)
{
    const struct blame_row *a = left, *b = right;
    if (a->pages != b->pages)
        return a->pages < b->pages ? 1 : -1;
    return (a->number > b->number) - (a->number < b->number);
}

size_t *blame_rows_sort(struct blame_rows *rows)
{
    size_t *places = xcalloc(rows->count + 1, sizeof *places);
    if (rows->count)
        qsort(rows->items, rows->count, sizeof *rows->items, compare);
    for (size_t i = 0; i < rows->count; i++)
        places[rows->items[i].number] = i;
    return places;
}

json_t *blame_rows_json(const struct blame_rows *rows, uint64_t since_ns)
{
    json_t *array = json_array();
    for (size_t i = 0; i < rows->count; i++) {
        const struct blame_row *row = &rows->items[i];
        json_array_append_new(
            array,
            json_pack("{s:s, s:s, s:s, s:s, s:s, s:s*, s:I, s:I, s:I}", "phase",
                      row->phase, "kind", row->kind, "placement",
                      row->placement, "object_kind", row->object_kind,
                      "function", row->function, "caller", row->caller, "pages",
                      (json_int_t)row->pages, "first_ns",
                      (json_int_t)(row->first_ns - since_ns), "last_ns",
                      (json_int_t)(row->last_ns - since_ns)));
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
