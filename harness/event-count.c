/* event-count.c: the workers' event counters out of a result. */
#include "harness/event-count.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/memory.h"

/* Keeps the first reason. */
static void give_up(struct event_count *event, const char *why)
{
    event->count = NAN;
    if (!event->why)
        event->why = xstrdup(why);
}

static void add_worker(struct event_count *event, const json_t *counters)
{
    const json_t *value = json_object_get(counters, event->name);
    const json_t *raw = json_object_get(value, "raw");
    double enabled = json_number_value(json_object_get(value, "enabled_ns"));
    double running = json_number_value(json_object_get(value, "running_ns"));
    if (!json_is_integer(raw)) {
        char *key = xasprintf("%s_why", event->name);
        const char *why = json_string_value(json_object_get(counters, key));
        give_up(event, why ? why : "a worker's result does not tell");
        free(key);
        return;
    }
    double count = json_number_value(raw);
    if (running < enabled) {
        event->scaled = true;
        if (running > 0)
            count *= enabled / running;
        else
            give_up(event, "other events held the counters all the time");
    }
    event->count += count;
    event->user &= json_is_true(json_object_get(value, "user_counted"));
    event->kernel &= json_is_true(json_object_get(value, "kernel_counted"));
}

static struct event_count read_event(const json_t *workers, const char *name)
{
    struct event_count event = {
        .name = xstrdup(name), .user = true, .kernel = true};
    const json_t *worker;
    size_t i;
    json_array_foreach(workers, i, worker)
    {
        if (event.why)
            break;
        add_worker(&event, json_object_get(worker, "counters"));
    }
    event.count /= (double)json_array_size(workers);
    return event;
}

/* A key beside another one: the reason why that is null. */
static bool is_reason(const json_t *counters, const char *key)
{
    return json_is_string(json_object_get(counters, key));
}

struct event_counts event_counts_read(const json_t *result)
{
    const json_t *workers = json_object_get(result, "workers");
    json_t *counters = json_object_get(json_array_get(workers, 0), "counters");
    struct event_counts counts = {
        .items = xcalloc(json_object_size(counters) + 1, sizeof *counts.items)};
    const char *name;
    json_t *value;
    json_object_foreach(counters, name, value)
    {
        if (!is_reason(counters, name))
            counts.items[counts.count++] = read_event(workers, name);
    }
    return counts;
}

void event_counts_clear(struct event_counts *counts)
{
    for (size_t i = 0; i < counts->count; i++) {
        free(counts->items[i].name);
        free(counts->items[i].why);
    }
    free(counts->items);
    *counts = (struct event_counts){0};
}

const struct event_count *event_counts_find(const struct event_counts *counts,
                                            const char *name)
{
    for (size_t i = 0; i < counts->count; i++)
        if (strcmp(counts->items[i].name, name) == 0)
            return &counts->items[i];
    return NULL;
}
