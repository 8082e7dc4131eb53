/* event-name.c: the events of libpfm4 that are near to a name. */
#include "harness/event-name.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/memory.h"
#include "harness/nearest.h"
#include "smaps/counters.h"

/* Names to choose from, as libpfm4 writes them and in small letters. */
struct candidates {
    bool with_unit; /* "skl::INST_RETIRED", of all processors; else those that
                     * this machine has need no unit */
    char **names, **small;
    size_t count, capacity;
};

static char *in_small_letters(const char *text)
{
    char *copy = xstrdup(text);
    for (char *c = copy; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return copy;
}

static int add_candidate(const struct event_name *event, void *context)
{
    struct candidates *candidates = context;
    if (!candidates->with_unit && !event->here)
        return 0;
    if (candidates->count == candidates->capacity) {
        candidates->capacity = candidates->capacity * 2 + 64;
        candidates->names = xreallocarray(
            candidates->names, candidates->capacity, sizeof *candidates->names);
        candidates->small = xreallocarray(
            candidates->small, candidates->capacity, sizeof *candidates->small);
    }
    char *name = candidates->with_unit
                     ? xasprintf("%s::%s", event->unit, event->name)
                     : xstrdup(event->name);
    candidates->names[candidates->count] = name;
    candidates->small[candidates->count++] = in_small_letters(name);
    return 0;
}

static void free_candidates(struct candidates *candidates)
{
    for (size_t i = 0; i < candidates->count; i++) {
        free(candidates->names[i]);
        free(candidates->small[i]);
    }
    free(candidates->names);
    free(candidates->small);
}

/* The near event's name, which the caller frees; NULL if there is none. */
static char *near_event(const char *name)
{
    const char *colons = strstr(name, "::");
    struct candidates candidates = {.with_unit = colons != NULL};
    char *near = NULL, *word = in_small_letters(name);
    size_t unit = colons ? (size_t)(colons + 2 - name) : 0;
    word[unit + strcspn(word + unit, ":")] = '\0';
    event_each(add_candidate, &candidates);
    const char *found =
        nearest(word, (const char *const *)candidates.small, candidates.count);
    for (size_t i = 0; i < candidates.count && !near; i++)
        if (candidates.small[i] == found)
            near = xstrdup(candidates.names[i]);
    free_candidates(&candidates);
    free(word);
    return near;
}

int event_name_check(const char *name, struct error *error)
{
    char why[COUNTER_WHY_SIZE];
    int status = counter_check(name, why);
    if (status == 0)
        return 0;
    if (status != -ENOENT)
        return error_set(error, "counter '%s': %s", name, why);
    char *near = near_event(name);
    if (near)
        error_set(error, "unknown counter '%s': did you mean '%s'?", name,
                  near);
    else
        error_set(error,
                  "unknown counter '%s': `cowlab list counters` lists those "
                  "of this machine",
                  name);
    free(near);
    return -1;
}
