/* regime.c: reads how cells are run; see regime.h. */
#include "harness/regime.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/declaration.h"
#include "harness/keys.h"
#include "harness/memory.h"
#include "harness/nearest.h"

static const struct declaration sample_point = {.name = "sample",
                                                .type = DECLARATION_INTEGER,
                                                .minimum = 1,
                                                .maximum = SAMPLE_MAX,
                                                .unit = ""};

static const unsigned sample_defaults[] = {SAMPLE_DEFAULT};

/* In the order of the bits. */
static const char *const blame_sources[] = {"faults", "phases", "bytes",
                                            "writes"};

#define LIMIT_LEAST (UINT64_C(1) << 20)

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
#define INTEGER(NAME, MEMBER, DEFAULT, ...) .MEMBER = (DEFAULT),
#define NOTHING(...)
    struct regime regime = {REGIME_KEYS(INTEGER, NOTHING, NOTHING)};
    set_sample(&regime, sample_defaults, COUNT(sample_defaults));
    regime.blame_sources = BLAME_FAULTS | BLAME_PHASES | BLAME_BYTES;
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

/* A rate gives its kind: they come and go together. */
static int read_arrivals(struct regime *regime, struct node mapping,
                         struct error *error)
{
    static const char *const open[] = {"constant", "poisson"};
    static const char what[] = "closed, {constant: RATE} or {poisson: RATE}";
    struct node node = node_find(mapping, "arrivals");
    if (!node_present(node))
        return 0;
    if (node_text(node) && strcmp(node_text(node), "closed") == 0) {
        regime->arrivals = (struct arrivals){ARRIVALS_CLOSED, 0};
        return 0;
    }
    if (node_expect(node, NODE_MAPPING, what, error) ||
        node_expect_keys(node, open, COUNT(open), error))
        return -1;
    if (node_count(node) != 1)
        return node_error(node, error, "expected %s, found %zu of them", what,
                          node_count(node));
    bool poisson = strcmp(node_text(node_key(node, 0)), "poisson") == 0;
    int64_t rate;
    if (key_integer(node_value(node, 0), "arrivals", 1, RATE_MAX,
                    "requests per second", &rate, error))
        return -1;
    regime->arrivals = (struct arrivals){
        poisson ? ARRIVALS_POISSON : ARRIVALS_CONSTANT, (unsigned)rate};
    return 0;
}

/* The keys of which there is nothing to say but their type; what is not there
 * stays as it is. */
static int read_plain(struct regime *regime, struct node mapping,
                      struct error *error)
{
#define READ_INTEGER(NAME, MEMBER, DEFAULT, MINIMUM, MAXIMUM, UNIT, MEANING)   \
    number = (int64_t)regime->MEMBER;                                          \
    if (key_integer(node_find(mapping, NAME), NAME, MINIMUM, MAXIMUM, UNIT,    \
                    &number, error))                                           \
        return -1;                                                             \
    regime->MEMBER = (typeof(regime->MEMBER))number;
#define READ_BOOLEAN(NAME, MEMBER, MEANING)                                    \
    if (node_present(node_find(mapping, NAME)) &&                              \
        node_boolean(mapping, NAME, &regime->MEMBER, error))                   \
        return -1;
    int64_t number;
    REGIME_KEYS(READ_INTEGER, READ_BOOLEAN, NOTHING)
    return 0;
}

static int read_sources(struct regime *regime, struct node mapping,
                        struct error *error)
{
    struct node list = node_find(mapping, "blame-sources");
    struct error cause;
    unsigned sources = 0;
    if (!node_present(list))
        return 0;
    if (!regime->blame)
        return node_error(list, error, "blame-sources needs blame: true");
    if (node_expect(list, NODE_LIST, "a list of sources", error))
        return -1;
    for (size_t i = 0; i < node_count(list); i++) {
        struct node item = node_item(list, i);
        if (node_expect(item, NODE_SCALAR, "the name of a source", error))
            return -1;
        if (nearest_unknown("source", node_text(item), blame_sources,
                            COUNT(blame_sources), &cause))
            return node_error(item, error, "%s", cause.text);
        for (size_t k = 0; k < COUNT(blame_sources); k++)
            if (strcmp(node_text(item), blame_sources[k]) == 0)
                sources |= 1u << k;
    }
    regime->blame_sources = sources;
    return 0;
}

/* A size without a unit is a slip of the pen. */
static int check_size(struct node mapping, const char *key, uint64_t bytes,
                      struct error *error)
{
    struct node node = node_find(mapping, key);
    return node_present(node) && bytes && bytes < LIMIT_LEAST
               ? node_error(node, error,
                            "%s is less than 1 MiB: give it a unit, as in 64 "
                            "MiB",
                            key)
               : 0;
}

int regime_read(struct regime *regime, struct node mapping, struct error *error)
{
    if (read_plain(regime, mapping, error) ||
        read_arrivals(regime, mapping, error) ||
        read_sample(regime, mapping, error) ||
        read_sources(regime, mapping, error) ||
        check_size(mapping, "memory", regime->memory_bytes, error) ||
        check_size(mapping, "swap", regime->swap_bytes, error))
        return -1;
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

const char *regime_without_memory(const struct regime *regime)
{
    if (regime->memory_bytes)
        return NULL;
    return regime->swap_bytes        ? "swap"
           : regime->memory_optional ? "memory-optional"
                                     : NULL;
}

bool regime_same_work(const struct regime *left, const struct regime *right)
{
    return left->bursts == right->bursts &&
           left->requests_per_burst == right->requests_per_burst &&
           left->collections_first == right->collections_first;
}

void regime_put(json_t *cell, const struct regime *regime)
{
    json_t *sample = json_array(), *sources = json_array();
    for (size_t i = 0; i < regime->sample_after_count; i++)
        json_array_append_new(
            sample, json_integer((json_int_t)regime->sample_after[i]));
    for (size_t i = 0; i < COUNT(blame_sources); i++)
        if (regime->blame_sources >> i & 1)
            json_array_append_new(sources, json_string(blame_sources[i]));
    json_object_set_new(cell, "bursts", json_integer(regime->bursts));
    json_object_set_new(cell, "requests_per_burst",
                        json_integer(regime->requests_per_burst));
    json_object_set_new(cell, "collections_first",
                        json_integer(regime->collections_first));
    json_object_set_new(cell, "arrivals",
                        json_string(arrivals_word(regime->arrivals.kind)));
    if (regime->arrivals.kind != ARRIVALS_CLOSED)
        json_object_set_new(cell, "requests_per_second",
                            json_integer(regime->arrivals.per_second));
    json_object_set_new(cell, "sample", sample);
    json_object_set_new(cell, "blame", json_boolean(regime->blame));
    json_object_set_new(cell, "blame_sources", sources);
    json_object_set_new(cell, "memory_bytes",
                        json_integer((json_int_t)regime->memory_bytes));
    json_object_set_new(cell, "swap_bytes",
                        json_integer((json_int_t)regime->swap_bytes));
    json_object_set_new(cell, "memory_optional",
                        json_boolean(regime->memory_optional));
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
        char *shown = json_is_string(value)
                          ? xstrdup(json_string_value(value))
                          : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
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
