/* blame-history.c: see blame-history.h. */
#include "harness/blame-history.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/failure.h"
#include "harness/memory.h"
#include "harness/page-map.h"

struct blame_history {
    struct page_areas areas;
    unsigned workers;
    char ***maps; /* of each worker, of each area: as the last sample has it */
};

static int unreadable(struct record *record, const char *whose, int status)
{
    record_invalid(record, REASON_UNREADABLE, "cannot read the pages of %s: %s",
                   whose, strerror(-status));
    return -1;
}

static json_t *inherited_json(const struct page_areas *areas,
                              const struct blame_contents *contents)
{
    json_t *object = json_object();
    for (size_t i = 0; i < areas->count; i++) {
        const struct page_area *area = &areas->items[i];
        char *map =
            blame_contents_refine(contents, area, xstrdup(area->inherited));
        json_object_set_new(object, area->key, json_string(map));
        free(map);
    }
    return object;
}

int blame_history_open(struct invocation *invocation,
                       const struct blame_contents *contents,
                       struct blame_history **result)
{
    struct record *record = invocation->record;
    struct blame_history *history = *result = xcalloc(1, sizeof *history);
    int status =
        page_areas_open(&history->areas, record->template_pid, record->regions,
                        record->region_count, invocation->ledger);
    if (status < 0)
        return unreadable(record, "the template", status);
    history->workers = record->cell->workers;
    history->maps = xcalloc(history->workers, sizeof *history->maps);
    for (unsigned i = 0; i < history->workers; i++) {
        history->maps[i] =
            xcalloc(history->areas.count + 1, sizeof *history->maps[i]);
        for (size_t k = 0; k < history->areas.count; k++)
            history->maps[i][k] = xstrdup(history->areas.items[k].inherited);
    }
    record->inherited_map = inherited_json(&history->areas, contents);
    return 0;
}

/* A page_letter. */
static char letter_of(uint64_t address, enum page_fate fate,
                      const struct page_entries *entries, void *context)
{
    (void)address, (void)entries, (void)context;
    return page_areas_letter(fate);
}

static char complete(char inherited, char state)
{
    return inherited == 's' && state == '.' ? 'g' : state;
}

char *blame_history_complete(const struct page_area *area, char *map)
{
    char *completed = page_map_combine(page_map_read(area->inherited),
                                       page_map_read(map), complete, '.');
    free(map);
    return completed;
}

static char change(char before, char now)
{
    return before == now ? '=' : now;
}

/* Adds what changed in one area to the object; `map` becomes what it is now. */
static void add_changes(const struct page_area *area, char **map, char *now,
                        json_t *object)
{
    char *changes =
        page_map_combine(page_map_read(*map), page_map_read(now), change, '=');
    if (*changes)
        json_object_set_new(object, area->key, json_string(changes));
    free(changes);
    free(*map);
    *map = now;
}

static int add_worker(struct invocation *invocation,
                      struct blame_history *history, unsigned index)
{
    struct record_worker *worker = &invocation->record->workers[index];
    char **now;
    int status = page_areas_draw(&history->areas, invocation->ledger,
                                 worker->pid, letter_of, NULL, &now);
    if (status == -ESRCH)
        return failure_of_worker(invocation, index, ANSWER_CLOSED,
                                 "being sampled");
    if (status < 0) {
        char whose[32];
        snprintf(whose, sizeof whose, "worker %u", index);
        return unreadable(invocation->record, whose, status);
    }
    json_t *object = json_object();
    for (size_t i = 0; i < history->areas.count; i++)
        add_changes(&history->areas.items[i], &history->maps[index][i],
                    blame_history_complete(&history->areas.items[i], now[i]),
                    object);
    worker->samples[worker->sample_count - 1].page_changes = object;
    free(now);
    return 0;
}

int blame_history_add(struct invocation *invocation,
                      struct blame_history *history)
{
    for (unsigned i = 0; i < history->workers; i++)
        if (add_worker(invocation, history, i) < 0)
            return -1;
    return 0;
}

const struct page_areas *
blame_history_areas(const struct blame_history *history)
{
    return &history->areas;
}

void blame_history_free(struct blame_history *history)
{
    if (!history)
        return;
    for (unsigned i = 0; history->maps && i < history->workers; i++) {
        for (size_t k = 0; k < history->areas.count; k++)
            free(history->maps[i][k]);
        free(history->maps[i]);
    }
    free(history->maps);
    page_areas_close(&history->areas);
    free(history);
}
