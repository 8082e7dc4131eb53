/* map-moment.c: see map-moment.h. */
#include "harness/map-moment.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/memory.h"
#include "harness/message.h"

int map_moment_parse(const char *text, struct map_moment *moment)
{
    static const char collection[] = "collection";
    size_t length = strlen(collection);
    *moment = (struct map_moment){.kind = MAP_END};
    if (!strcmp(text, "end"))
        return 0;
    moment->kind = MAP_FORKED;
    if (!strcmp(text, "forked"))
        return 0;
    if (!strncmp(text, collection, length)) {
        *moment = (struct map_moment){MAP_COLLECTION, 1};
        if (!text[length])
            return 0;
        return text[length] == ':' &&
                       parse_decimal(text + length + 1, &moment->number) == 0 &&
                       moment->number > 0
                   ? 0
                   : -1;
    }
    moment->kind = MAP_REQUESTS;
    return parse_decimal(text, &moment->number);
}

static const char *moment_of(const json_t *sample)
{
    const char *moment = json_string_value(json_object_get(sample, "moment"));
    return moment ? moment : "";
}

static uint64_t requests_of(const json_t *sample)
{
    return (uint64_t)json_integer_value(json_object_get(sample, "requests"));
}

/* Says when samples were taken. */
static int complain(const struct map_moment *moment, const json_t *samples,
                    struct error *error)
{
    char *list, *words = map_moment_words(moment);
    size_t size, collections = 0, i;
    const json_t *sample;
    uint64_t last = UINT64_MAX;
    FILE *stream = open_memstream(&list, &size);
    if (!stream)
        abort();
    json_array_foreach((json_t *)samples, i, sample)
    {
        collections += !strcmp(moment_of(sample), "collection");
        if (requests_of(sample) != last)
            fprintf(stream, "%s%" PRIu64, i ? ", " : "",
                    last = requests_of(sample));
    }
    fclose(stream);
    error_set(error,
              "no sample was taken %s: there are some directly after the fork "
              "(forked), after %zu collection%s and after so many requests: %s",
              words, collections, collections == 1 ? "" : "s", list);
    free(list);
    free(words);
    return -1;
}

int map_moment_find(const struct map_moment *moment, const json_t *samples,
                    struct error *error)
{
    int found = -1;
    uint64_t collections = 0;
    const json_t *sample;
    size_t i;
    json_array_foreach((json_t *)samples, i, sample)
    {
        const char *name = moment_of(sample);
        collections += !strcmp(name, "collection");
        if (moment->kind == MAP_FORKED ? !strcmp(name, "forked")
            : moment->kind == MAP_REQUESTS
                ? requests_of(sample) == moment->number
                : !strcmp(name, "collection") && collections == moment->number)
            found = (int)i;
    }
    return found < 0 ? complain(moment, samples, error) : found;
}

char *map_moment_words(const struct map_moment *moment)
{
    switch (moment->kind) {
    case MAP_FORKED:
        return xstrdup("directly after the fork");
    case MAP_COLLECTION:
        return xasprintf("after collection %" PRIu64 " while it was idle",
                         moment->number);
    case MAP_REQUESTS:
        return xasprintf("after %" PRIu64 " request%s", moment->number,
                         moment->number == 1 ? "" : "s");
    default:
        return xstrdup("at the end");
    }
}
