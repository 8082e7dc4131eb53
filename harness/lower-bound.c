/* lower-bound.c: the least that any collector breaks; see lower-bound.h. */
#include "harness/lower-bound.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "harness/memory.h"
#include "harness/table.h"

#define MIB 1048576.0

/* The collectors of a group of cells that were measured. */
struct group {
    size_t *cells;
    struct broken *broken; /* of each of these */
    size_t count;
    struct lower_bound bound;
};

static double remaining(const struct broken *broken)
{
    return isnan(broken->distilled) ? broken->bytes : broken->distilled;
}

struct lower_bound lower_bound_of(const struct broken *all, size_t count)
{
    struct lower_bound bound = {.bytes = NAN};
    for (size_t i = 0; i < count; i++) {
        double bytes = remaining(&all[i]);
        if (isnan(bytes) || bytes >= bound.bytes)
            continue;
        bound = (struct lower_bound){bytes, i, !isnan(all[i].distilled)};
    }
    return bound;
}

static void group_open(struct group *group, const struct store *store,
                       size_t first, size_t end)
{
    *group = (struct group){
        .cells = xcalloc(end - first, sizeof *group->cells),
        .broken = xcalloc(end - first, sizeof *group->broken),
    };
    for (size_t i = first; i < end; i++) {
        struct broken broken = {
            store_median(store, i, MEASURE_BROKEN_BYTES),
            store_median(store, i, MEASURE_DISTILLED_BYTES),
        };
        if (!store->experiment->cells[i].subject->collector ||
            isnan(broken.bytes))
            continue;
        group->cells[group->count] = i;
        group->broken[group->count++] = broken;
    }
    group->bound = lower_bound_of(group->broken, group->count);
}

static void group_close(struct group *group)
{
    free(group->cells);
    free(group->broken);
}

static void add_mib(struct table *table, double bytes)
{
    char text[32] = "-";
    if (!isnan(bytes))
        snprintf(text, sizeof text, "%.2f", bytes / MIB);
    table_add(table, text);
}

static void add_share(struct table *table, double bytes, double whole)
{
    char text[32] = "-";
    if (whole > 0)
        snprintf(text, sizeof text, "%.1f", 100 * bytes / whole);
    table_add(table, text);
}

static bool any_distilled(const struct group *group)
{
    for (size_t i = 0; i < group->count; i++)
        if (!isnan(group->broken[i].distilled))
            return true;
    return false;
}

static void print_group(const struct store *store, const struct group *group,
                        FILE *stream)
{
    const struct cell *cells = store->experiment->cells;
    const struct lower_bound *bound = &group->bound;
    bool distilled = any_distilled(group);
    struct table *table = table_new(distilled ? "lrrrr" : "lrrr");
    table_add(table, "subject");
    table_add(table, "broken MiB");
    if (distilled)
        table_add(table, "distilled MiB");
    table_add(table, "beyond the least MiB");
    table_add(table, "% of its broken");
    for (size_t i = 0; i < group->count; i++) {
        const struct broken *broken = &group->broken[i];
        double cost = broken->bytes - bound->bytes;
        table_add(table, cells[group->cells[i]].subject_label);
        add_mib(table, broken->bytes);
        if (distilled)
            add_mib(table, broken->distilled);
        add_mib(table, cost);
        add_share(table, cost, broken->bytes);
    }
    fprintf(stream, "\nbroken by one worker beyond the least: %.2f MiB, %s%s\n",
            bound->bytes / MIB, cells[group->cells[bound->index]].subject_label,
            bound->distilled ? ", its own cost taken off" : "");
    table_print(table, stream);
    table_free(table);
}

void lower_bound_print(const struct store *store, size_t first, size_t end,
                       FILE *stream)
{
    struct group group;
    group_open(&group, store, first, end);
    if (group.count > 1)
        print_group(store, &group, stream);
    group_close(&group);
}

static json_t *row_json(const struct store *store, const struct group *group,
                        size_t index)
{
    const struct broken *broken = &group->broken[index];
    const struct lower_bound *bound = &group->bound;
    json_t *object = json_pack(
        "{s:f, s:f, s:s, s:b, s:f}", "broken_bytes", broken->bytes,
        "least_bytes", bound->bytes, "least_subject",
        store->experiment->cells[group->cells[bound->index]].subject_label,
        "least_distilled", bound->distilled, "beyond_least_bytes",
        broken->bytes - bound->bytes);
    if (!isnan(broken->distilled)) {
        json_object_set_new(object, "distilled_bytes",
                            json_real(broken->distilled));
        return object;
    }
    json_object_set_new(object, "distilled_bytes", json_null());
    json_object_set_new(object, "distilled_bytes_why",
                        json_string("no floor in its results"));
    return object;
}

json_t *lower_bound_json(const struct store *store, size_t first, size_t end,
                         size_t cell)
{
    struct group group;
    json_t *object = NULL;
    group_open(&group, store, first, end);
    for (size_t i = 0; group.count > 1 && i < group.count; i++)
        if (group.cells[i] == cell)
            object = row_json(store, &group, i);
    group_close(&group);
    return object;
}
