/* list-counters.c: the events of this machine, each tried on this process. */
#include "harness/list.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/memory.h"
#include "harness/table.h"
#include "smaps/counters.h"

typedef void row_printer(const struct event_name *event, const char *name,
                         const struct counter *counter, void *into);

struct listing {
    row_printer *print;
    void *into;
};

/* Generic events need no unit before their name. */
static int try_event(const struct event_name *event, void *context)
{
    const struct listing *listing = context;
    if (!event->here)
        return 0;
    char *name = strcmp(event->unit, "perf")
                     ? xasprintf("%s::%s", event->unit, event->name)
                     : xstrdup(event->name);
    struct counter counter;
    counter_open(name, getpid(), &counter);
    listing->print(event, name, &counter, listing->into);
    counter_close(&counter);
    free(name);
    return 0;
}

static void add_row(const struct event_name *event, const char *name,
                    const struct counter *counter, void *into)
{
    const char *modes = counter->user_counted     ? "user"
                        : counter->kernel_counted ? "kernel"
                                                  : "";
    if (counter->user_counted && counter->kernel_counted)
        modes = "user and kernel";
    struct table *table = into;
    table_add(table, name);
    table_add(table, event->same_as ? event->same_as : "-");
    table_add(table, counter->count == 0 ? "no" : modes);
    table_add(table, counter->count == 0 ? counter->why : "");
}

void list_counters_table(FILE *stream)
{
    struct table *table = table_new("llll");
    struct listing listing = {add_row, table};
    table_add(table, "counter");
    table_add(table, "stands for");
    table_add(table, "counted here");
    table_add(table, "why not");
    fputs("Events for the key `counters` of an experiment; case does not "
          "matter:\n",
          stream);
    if (event_each(try_event, &listing) < 0) {
        struct event event;
        char why[EVENT_WHY_SIZE];
        event_find("", &event, why);
        fprintf(stream, "  none: %s\n", why);
    } else {
        table_print(table, stream);
    }
    table_free(table);
    fputc('\n', stream);
}

static json_t *text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

static void append_row(const struct event_name *event, const char *name,
                       const struct counter *counter, void *into)
{
    bool counted = counter->count > 0;
    json_t *row = json_pack("{ss so ss sb sb}", "name", name, "stands_for",
                            text_or_null(event->same_as), "about",
                            event->about ? event->about : "", "user_counted",
                            counter->user_counted, "kernel_counted",
                            counter->kernel_counted);
    if (!counted)
        json_object_set_new(row, "why_not", json_string(counter->why));
    json_array_append_new(into, row);
}

json_t *list_counters_json(void)
{
    json_t *array = json_array();
    struct listing listing = {append_row, array};
    event_each(try_event, &listing);
    return array;
}
