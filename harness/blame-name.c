/* blame-name.c: see blame-name.h. */
#include "harness/blame-name.h"

#include <stdbool.h>
#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* Whether one of the words, separated by spaces, is the word. */
static bool among(const char *word, const char *words)
{
    size_t length = strlen(word);
    for (const char *at = words; (at = strstr(at, word)); at += length)
        if ((at == words || at[-1] == ' ') &&
            (at[length] == ' ' || !at[length]))
            return true;
    return false;
}

/* What lies in a header, or in an entry of a table, and in which phases that is
 * written. */
static const struct {
    const char *within, *kind, *phases;
} parts[] = {
    {"header", "mark", "mark sweep"},
    {"header", "remembered-flag", "request minor"},
    {"header", "zero-count-flag", "request"},
    {"header", "forwarding", "minor compact mark"},
    {"header", "age", "mark sweep minor"},
    {"table run", "mark", "mark"},
};

/* A finer word for a phase where a write of such a kind happens in it. */
static const struct {
    const char *phase, *kinds, *finer;
} finer_phases[] = {
    {"request", "new-object free unused block run free-bit", "allocation"},
    {"request", "buffered young-list start line descriptor table",
     "allocation"},
    {"request", "count links count-copy mark-stack generation finalised",
     "refcount"},
    {"request", "free-link zero-count-flag zero-count-table", "refcount"},
    {"request", "card remembered-flag remembered-set unit-written", "barrier"},
    {"minor", "new-object free unused block run free-bit buffered", "promote"},
    {"minor", "object-start table page-set", "promote"},
};

static bool is_free(struct blame_place place)
{
    return place.kind && among(place.kind, "free unused");
}

static bool is_object(struct blame_place place)
{
    return place.kind && among(place.kind, "header reference payload");
}

static bool declares(const struct subject *subject, const char *kind,
                     const char *placement)
{
    for (size_t i = 0; i < subject->metadata_count; i++) {
        char *const *row = subject->metadata[i].fields;
        if (!strcmp(row[0], kind) && !strcmp(row[1], placement))
            return true;
    }
    return false;
}

/* The kind of metadata that a phase writes into what lies there. */
static const char *part_of(const struct subject *subject, const char *phase,
                           struct blame_place place)
{
    for (size_t i = 0; i < LENGTH(parts); i++)
        if (among(place.kind, parts[i].within) &&
            among(phase, parts[i].phases) &&
            declares(subject, parts[i].kind, place.placement))
            return parts[i].kind;
    return place.kind;
}

static const char *finer(const char *phase, const char *kind)
{
    for (size_t i = 0; i < LENGTH(finer_phases); i++)
        if (!strcmp(phase, finer_phases[i].phase) &&
            among(kind, finer_phases[i].kinds))
            return finer_phases[i].finer;
    return phase;
}

struct blame_name blame_name(const struct subject *subject, const char *phase,
                             struct blame_place then, struct blame_place now)
{
    struct blame_name name = {phase, then.kind, then.placement,
                              then.object_kind};
    if (!then.kind)
        name = (struct blame_name){phase, "unknown", "unknown", "-"};
    else if (is_free(then) && is_object(now))
        name =
            (struct blame_name){phase, "new-object", "body", now.object_kind};
    else if (is_object(then) && is_free(now))
        name.kind = "free-link", name.placement = "body";
    else
        name.kind = part_of(subject, phase, then);
    name.phase = finer(phase, name.kind);
    return name;
}
