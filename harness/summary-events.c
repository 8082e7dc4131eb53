/* summary-events.c: the events that the kernel counted; see
 * summary-events.h. */
#include "harness/summary-events.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/memory.h"
#include "harness/statistics.h"
#include "harness/table.h"

/* One event in one cell, over all valid invocations. */
struct summed {
    double median; /* NAN: counted in none */
    bool scaled, user, kernel;
    const char *why; /* an invocation's reason, borrowed; NULL if counted */
};

static struct summed sum_up(const struct store *store, size_t cell,
                            const char *name)
{
    unsigned invocations = store->experiment->invocations;
    struct summed summed = {.user = true, .kernel = true};
    double *values = xcalloc(invocations, sizeof *values);
    size_t count = 0;
    for (unsigned i = 1; i <= invocations; i++) {
        const struct outcome *outcome = store_outcome(store, cell, i);
        const struct event_count *event =
            outcome->valid ? event_counts_find(&outcome->events, name) : NULL;
        if (!event)
            continue;
        if (event->why) {
            summed.why = event->why;
            continue;
        }
        values[count++] = event->count;
        summed.scaled |= event->scaled;
        summed.user &= event->user;
        summed.kernel &= event->kernel;
    }
    summed.median = statistics_median(values, count);
    if (count)
        summed.why = NULL;
    free(values);
    return summed;
}

static const char *modes(const struct summed *summed)
{
    if (summed->user && summed->kernel)
        return "user and kernel";
    return summed->user ? "user" : "kernel";
}

/* "*" where scaled, "u" or "k" where one mode alone was counted. */
static void add_event(struct table *table, const struct summed *summed)
{
    if (isnan(summed->median)) {
        table_add(table, "-");
        return;
    }
    bool both = summed->user && summed->kernel;
    char *text =
        xasprintf("%.0f%s%s", summed->median, summed->scaled ? "*" : "",
                  both           ? ""
                  : summed->user ? "u"
                                 : "k");
    table_add(table, text);
    free(text);
}

struct marks {
    bool scaled, user, kernel; /* what marks there are in the table */
};

static void note(struct marks *marks, const struct summed *summed)
{
    if (isnan(summed->median))
        return;
    marks->scaled |= summed->scaled;
    marks->user |= !summed->kernel;
    marks->kernel |= !summed->user;
}

static void print_marks(const struct marks *marks, FILE *stream)
{
    if (marks->scaled)
        fputs("*: events took turns, and what was counted is scaled to the "
              "whole time.\n",
              stream);
    if (marks->user)
        fputs("u: in user mode alone.\n", stream);
    if (marks->kernel)
        fputs("k: in kernel mode alone.\n", stream);
}

/* The first reason of each event. */
static void print_reasons(const struct store *store, size_t first, size_t end,
                          FILE *stream)
{
    const struct experiment *experiment = store->experiment;
    for (size_t k = 0; k < experiment->counter_count; k++)
        for (size_t i = first; i < end; i++) {
            struct summed summed = sum_up(store, i, experiment->counters[k]);
            if (!summed.why)
                continue;
            fprintf(stream, "%s of %s: not counted: %s.\n",
                    experiment->counters[k], experiment->cells[i].subject_label,
                    summed.why);
            break;
        }
}

void summary_events_print(const struct store *store, size_t first, size_t end,
                          FILE *stream)
{
    const struct experiment *experiment = store->experiment;
    size_t count = experiment->counter_count;
    struct marks marks = {0};
    if (!count)
        return;
    char *layout = xcalloc(count + 2, 1);
    memset(layout, 'r', count + 1);
    layout[0] = 'l';
    struct table *table = table_new(layout);
    table_add(table, "subject");
    for (size_t k = 0; k < count; k++)
        table_add(table, experiment->counters[k]);
    for (size_t i = first; i < end; i++) {
        table_add(table, experiment->cells[i].subject_label);
        for (size_t k = 0; k < count; k++) {
            struct summed summed = sum_up(store, i, experiment->counters[k]);
            add_event(table, &summed);
            note(&marks, &summed);
        }
    }
    fputs("\nevents of one worker, from the fork to its last request\n",
          stream);
    table_print(table, stream);
    print_marks(&marks, stream);
    print_reasons(store, first, end, stream);
    table_free(table);
    free(layout);
}

json_t *summary_events_json(const struct store *store, size_t cell)
{
    const struct experiment *experiment = store->experiment;
    json_t *object = json_object();
    for (size_t k = 0; k < experiment->counter_count; k++) {
        const char *name = experiment->counters[k];
        struct summed summed = sum_up(store, cell, name);
        const char *why =
            summed.why ? summed.why : "no valid invocation measured it";
        json_t *event =
            isnan(summed.median)
                ? json_pack("{s:n, s:s}", "count", "count_why", why)
                : json_pack("{s:f, s:b, s:s}", "count", summed.median, "scaled",
                            summed.scaled, "modes", modes(&summed));
        json_object_set_new(object, name, event);
    }
    return object;
}
