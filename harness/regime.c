/* regime.c: reads how cells are run; see regime.h. */
#include "harness/regime.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/declaration.h"
#include "harness/memory.h"

enum { SAMPLE_MAX = 1000000000 };

/* A key that is a whole number, and where its value goes. */
struct integer_key {
    struct declaration declaration;
    size_t offset;
};

#define INTEGER(NAME, MINIMUM, MAXIMUM, UNIT)                                  \
    {                                                                          \
        .name = NAME, .type = DECLARATION_INTEGER, .minimum = MINIMUM,         \
        .maximum = MAXIMUM, .unit = UNIT                                       \
    }

static const struct integer_key integers[] = {
    {INTEGER("timeout", 1, 86400, "seconds"),
     offsetof(struct regime, timeout_s)},
    {INTEGER("time-limit", 0, 864000, "seconds"),
     offsetof(struct regime, time_limit_s)},
    {INTEGER("collections-first", 0, 100, ""),
     offsetof(struct regime, collections_first)},
    {INTEGER("bursts", 0, 1000000, ""), offsetof(struct regime, bursts)},
    {INTEGER("requests-per-burst", 1, 1000000, ""),
     offsetof(struct regime, requests_per_burst)},
};

static const struct declaration sample_point =
    INTEGER("sample", 1, SAMPLE_MAX, "");

static const unsigned sample_defaults[] = {1, 2, 3, 5, 10, 20, 50, 100};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void set_sample(struct regime *regime, const unsigned *after,
                       size_t count)
{
    unsigned *copy = xcalloc(count, sizeof *copy);
    if (count)
        memcpy(copy, after, count * sizeof *copy);
    free(regime->sample_after);
    regime->sample_after = copy;
    regime->sample_after_count = count;
}

struct regime regime_default(void)
{
    struct regime regime = {
        .timeout_s = 60, .bursts = 10, .requests_per_burst = 100};
    set_sample(&regime, sample_defaults, COUNT(sample_defaults));
    return regime;
}

struct regime regime_copy(const struct regime *regime)
{
    struct regime copy = *regime;
    copy.sample_after = NULL;
    set_sample(&copy, regime->sample_after, regime->sample_after_count);
    return copy;
}

void regime_clear(struct regime *regime)
{
    free(regime->sample_after);
    regime->sample_after = NULL;
}

static int read_integers(struct regime *regime, struct node mapping,
                         struct error *error)
{
    for (size_t i = 0; i < COUNT(integers); i++) {
        struct node node = node_find(mapping, integers[i].declaration.name);
        int64_t number;
        if (!node_present(node))
            continue;
        if (declaration_number(&integers[i].declaration, node, &number, error))
            return -1;
        *(unsigned *)((char *)regime + integers[i].offset) = (unsigned)number;
    }
    return 0;
}

static int read_points(struct node list, unsigned *after, struct error *error)
{
    int64_t last = 0;
    for (size_t i = 0; i < node_count(list); i++) {
        struct node item = node_item(list, i);
        int64_t number;
        if (declaration_number(&sample_point, item, &number, error))
            return -1;
        if (number <= last)
            return node_error(item, error,
                              "sample: %" PRId64 " after %" PRId64
                              ": the numbers must rise",
                              number, last);
        after[i] = (unsigned)number;
        last = number;
    }
    return 0;
}

static int read_sample(struct regime *regime, struct node mapping,
                       struct error *error)
{
    struct node list = node_find(mapping, "sample");
    if (!node_present(list))
        return 0;
    if (node_expect(list, NODE_LIST, "a list of requests", error))
        return -1;
    unsigned *after = xcalloc(node_count(list), sizeof *after);
    int status = read_points(list, after, error);
    if (status == 0)
        set_sample(regime, after, node_count(list));
    free(after);
    return status;
}

static int read_boolean(struct node mapping, const char *key, bool *value,
                        struct error *error)
{
    return node_present(node_find(mapping, key))
               ? node_boolean(mapping, key, value, error)
               : 0;
}

int regime_read(struct regime *regime, struct node mapping, struct error *error)
{
    if (read_integers(regime, mapping, error) ||
        read_sample(regime, mapping, error) ||
        read_boolean(mapping, "blame", &regime->blame, error) ||
        read_boolean(mapping, "blame-writes", &regime->blame_writes, error))
        return -1;
    if (regime->blame_writes && !regime->blame)
        return node_error(node_present(node_find(mapping, "blame-writes"))
                              ? node_find(mapping, "blame-writes")
                              : mapping,
                          error, "blame-writes: true needs blame: true");
    return 0;
}

int regime_check(const struct regime *regime, unsigned workers,
                 struct node place, struct error *error)
{
    if (regime->bursts == 0 || regime->requests_per_burst % workers == 0)
        return 0;
    return node_error(place, error,
                      "%u requests-per-burst cannot be dealt evenly to %u "
                      "workers: make it a multiple",
                      regime->requests_per_burst, workers);
}

bool regime_same_work(const struct regime *left, const struct regime *right)
{
    return left->bursts == right->bursts &&
           left->requests_per_burst == right->requests_per_burst &&
           left->collections_first == right->collections_first;
}

void regime_put(json_t *cell, const struct regime *regime)
{
    json_t *sample = json_array();
    for (size_t i = 0; i < regime->sample_after_count; i++)
        json_array_append_new(
            sample, json_integer((json_int_t)regime->sample_after[i]));
    json_object_set_new(cell, "bursts", json_integer(regime->bursts));
    json_object_set_new(cell, "requests_per_burst",
                        json_integer(regime->requests_per_burst));
    json_object_set_new(cell, "collections_first",
                        json_integer(regime->collections_first));
    json_object_set_new(cell, "sample", sample);
    json_object_set_new(cell, "blame", json_boolean(regime->blame));
    json_object_set_new(cell, "blame_writes",
                        json_boolean(regime->blame_writes));
}

char *regime_difference(const struct regime *regime, const struct regime *other)
{
    json_t *own = json_object(), *theirs = json_object(), *value;
    const char *key;
    char *text = xstrdup("");
    regime_put(own, regime);
    regime_put(theirs, other);
    json_object_foreach(own, key, value)
    {
        if (json_equal(value, json_object_get(theirs, key)))
            continue;
        char *shown = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
        char *longer = xasprintf("%s %s=%s", text, key, shown);
        for (char *c = longer + strlen(text); *c && *c != '='; c++)
            *c = *c == '_' ? '-' : *c;
        free(shown);
        free(text);
        text = longer;
    }
    json_decref(own);
    json_decref(theirs);
    return text;
}
