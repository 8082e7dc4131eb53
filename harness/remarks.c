/* remarks.c: see remarks.h. */
#include "harness/remarks.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/memory.h"

/* The remark of that code and, unless it is NULL, in these words; else a new
 * one. */
static struct remark *find(struct remarks *remarks, enum gravity gravity,
                           const char *code, const char *what, const char *next)
{
    for (size_t i = 0; i < remarks->count; i++) {
        struct remark *remark = &remarks->items[i];
        if (!strcmp(remark->code, code) &&
            (!what ||
             (!strcmp(remark->what, what) && !strcmp(remark->next, next))))
            return remark;
    }
    remarks->items = xreallocarray(remarks->items, remarks->count + 1,
                                   sizeof *remarks->items);
    struct remark *remark = &remarks->items[remarks->count++];
    *remark = (struct remark){.code = xstrdup(code),
                              .gravity = gravity,
                              .where = json_array(),
                              .next = xstrdup(next)};
    return remark;
}

static void add_where(struct remark *remark, const char *where)
{
    if (where)
        json_array_append_new(remark->where, json_string(where));
}

void remarks_add(struct remarks *remarks, enum gravity gravity,
                 const char *code, const char *where, const char *next,
                 const char *format, ...)
{
    char *what;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&what, format, arguments) < 0)
        abort();
    va_end(arguments);
    struct remark *remark = find(remarks, gravity, code, what, next);
    if (!remark->what)
        remark->what = xstrdup(what);
    add_where(remark, where);
    free(what);
}

void remarks_add_code(struct remarks *remarks, enum gravity gravity,
                      const char *code, const char *where, const char *next,
                      const char *what)
{
    struct remark *remark = find(remarks, gravity, code, NULL, next);
    if (!remark->what)
        remark->what = xstrdup(what);
    else if (strcmp(remark->what, what))
        remark->varies = true;
    add_where(remark, where);
}

void remarks_free(struct remarks *remarks)
{
    for (size_t i = 0; i < remarks->count; i++) {
        free(remarks->items[i].code);
        free(remarks->items[i].what);
        free(remarks->items[i].next);
        json_decref(remarks->items[i].where);
    }
    free(remarks->items);
    *remarks = (struct remarks){0};
}

size_t remarks_count(const struct remarks *remarks, enum gravity gravity)
{
    size_t count = 0;
    for (size_t i = 0; i < remarks->count; i++)
        count += remarks->items[i].gravity == gravity;
    return count;
}
