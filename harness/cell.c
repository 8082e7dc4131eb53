/* cell.c: the settings of one cell, and its id. */
#include "harness/cell.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "harness/memory.h"

/* Two labels of this many bytes and the rest make a file name of 255. */
enum { SLUG_MAX = 48 };

/* Small letters and digits of a label, a hyphen for each run of others. */
static void slug(const char *text, char slugged[SLUG_MAX + 1])
{
    size_t length = 0;
    for (; *text && length < SLUG_MAX; text++) {
        bool kept =
            isascii((unsigned char)*text) && isalnum((unsigned char)*text);
        if (kept)
            slugged[length++] = (char)tolower((unsigned char)*text);
        else if (length && slugged[length - 1] != '-')
            slugged[length++] = '-';
    }
    while (length && slugged[length - 1] == '-')
        length--;
    slugged[length] = '\0';
}

/* The labels may be reworded, cut, or of letters that a file name leaves out:
 * the hash tells apart whatever else differs. */
static char *make_id(const struct cell *cell)
{
    char subject_slug[SLUG_MAX + 1], workload_slug[SLUG_MAX + 1];
    const struct regime *regime = &cell->regime;
    char limits[64] = ""; /* what has none keeps the id it always had */
    if (regime->memory_bytes)
        snprintf(limits, sizeof limits, "\n%llu %llu %d",
                 (unsigned long long)regime->memory_bytes,
                 (unsigned long long)regime->swap_bytes,
                 regime->memory_optional);
    slug(cell->subject_label, subject_slug);
    slug(cell->workload_label, workload_slug);
    char load[32] = ""; /* a closed loop's id says nothing of it */
    if (regime->arrivals.kind != ARRIVALS_CLOSED)
        snprintf(load, sizeof load, " %s %u",
                 arrivals_word(regime->arrivals.kind),
                 regime->arrivals.per_second);
    char *all = xasprintf("%s\n%u %u %u %u%s%s", cell->identity, cell->workers,
                          regime->bursts, regime->requests_per_burst,
                          regime->collections_first, load, limits);
    unsigned hash = (unsigned)(XXH64(all, strlen(all), 0) >> 32);
    free(all);
    return xasprintf("%s%s%s%sw%u-%08x", subject_slug, *subject_slug ? "-" : "",
                     workload_slug, *workload_slug ? "-" : "", cell->workers,
                     hash);
}

struct cell cell_make(const struct regime *regime,
                      const struct variant *subject,
                      const struct variant *workload, unsigned workers)
{
    struct cell cell = {
        .id = xstrdup(""),
        .subject = subject->subject,
        .subject_label = xstrdup(subject->label),
        .options = entry_settings(subject->entry, subject->number,
                                  &subject->subject->options),
        .option_count = subject->subject->options.count,
        .prepare_count = node_count(subject->prepare),
        .workload = subject_workload(subject->subject,
                                     node_text(workload->entry->name)),
        .workload_label = xstrdup(workload->label),
        .workers = workers,
        .regime = regime_copy(regime),
        .depth =
            subject->depth > workload->depth ? subject->depth : workload->depth,
        .identity = xasprintf("%s\n%s", subject->identity, workload->identity),
        .group = xstrdup("")};
    cell.prepare = xcalloc(cell.prepare_count, sizeof *cell.prepare);
    for (size_t i = 0; i < cell.prepare_count; i++)
        cell.prepare[i] = xstrdup(node_text(node_item(subject->prepare, i)));
    cell.parameters = entry_settings(workload->entry, workload->number,
                                     &cell.workload->parameters);
    cell.parameter_count = cell.workload->parameters.count;
    return cell;
}

void cell_clear(struct cell *cell)
{
    free(cell->id);
    free(cell->subject_label);
    settings_free(cell->options, cell->option_count);
    for (size_t i = 0; i < cell->prepare_count; i++)
        free(cell->prepare[i]);
    free(cell->prepare);
    free(cell->workload_label);
    regime_clear(&cell->regime);
    free(cell->identity);
    free(cell->group);
    settings_free(cell->parameters, cell->parameter_count);
}

bool cell_same_work(const struct cell *left, const struct cell *right)
{
    return left->workers == right->workers &&
           !strcmp(left->workload_label, right->workload_label) &&
           regime_same_work(&left->regime, &right->regime);
}

void cell_finish(struct cell *cell, const struct regime *usual)
{
    char *difference = regime_difference(&cell->regime, usual);
    char *label = xasprintf("%s%s", cell->workload_label, difference);
    free(difference);
    free(cell->workload_label);
    cell->workload_label = label;
    free(cell->group);
    cell->group = xasprintf("%s\n%u", label, cell->workers);
    free(cell->id);
    cell->id = make_id(cell);
}

bool cell_same_group(const struct cell *left, const struct cell *right)
{
    return !strcmp(left->group, right->group);
}
