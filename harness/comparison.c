/* comparison.c: two sides, and what is to be said of them; see comparison.h. */
#include "harness/comparison.h"

#include <stdlib.h>
#include <string.h>

#include "harness/build.h"
#include "harness/machine.h"
#include "harness/memory.h"

/* Warnings, each once. */

static const char *origin(const struct comparand_cell *cell, const char *key)
{
    return json_string_value(json_object_get(cell->origin, key));
}

static void warn(struct comparison *comparison, const char *code, char *detail)
{
    json_t *warning = json_pack("{s:s, s:s}", "code", code, "detail", detail);
    const json_t *other;
    size_t i;
    free(detail);
    json_array_foreach(comparison->warnings, i, other)
    {
        if (json_equal(other, warning)) {
            json_decref(warning);
            return;
        }
    }
    json_array_append_new(comparison->warnings, warning);
}

static void warn_of_origin(struct comparison *comparison,
                           const struct comparison_pair *pair)
{
    static const char *const keys[] = {"experiment_hash", "commit",
                                       "program_hash", "version"};
    static const char *const texts[] = {"experiment file", "commit of cowlab",
                                        "program of the subject",
                                        "version of the subject"};
    const char *subject = comparand_text(pair->a, "subject", "name");
    bool same = !strcmp(subject, comparand_text(pair->b, "subject", "name"));
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const char *a = origin(pair->a, keys[i]), *b = origin(pair->b, keys[i]);
        bool of_subject = i >= 2;
        if (strcmp(a, b) && (!of_subject || same))
            warn(comparison, keys[i],
                 xasprintf("A and B were made with another %s%s%s: %s and %s",
                           texts[i], of_subject ? " " : "",
                           of_subject ? subject : "", *a ? a : "unknown",
                           *b ? b : "unknown"));
    }
}

/* Of one subject, told by both. */
static void warn_of_build(struct comparison *comparison,
                          const struct comparison_pair *pair)
{
    const char *subject = comparand_text(pair->a, "subject", "name");
    struct build_difference difference;
    if (!strcmp(subject, comparand_text(pair->b, "subject", "name")) &&
        build_differs(json_object_get(pair->a->origin, "build"),
                      json_object_get(pair->b->origin, "build"), &difference))
        warn(comparison, "build",
             xasprintf("A and B were made with another build of %s: its %s is "
                       "%s and %s",
                       subject, difference.name, difference.left,
                       difference.right));
}

static char *joined_keys(const json_t *differences)
{
    char *text = xstrdup("");
    const json_t *difference;
    size_t i;
    json_array_foreach(differences, i, difference)
    {
        char *longer =
            xasprintf("%s%s%s", text, *text ? ", " : "",
                      json_string_value(json_object_get(difference, "key")));
        free(text);
        text = longer;
    }
    return text;
}

static void compare_environments(struct comparison *comparison,
                                 const json_t *left, const json_t *right)
{
    if (!left || !right) {
        warn(comparison, "machine-unknown",
             xstrdup("a result does not tell its environment: nobody knows "
                     "whether all are of one machine"));
        return;
    }
    json_t *machines = machine_differences(left, right);
    json_t *settings = machine_settings(left, right);
    char *keys = joined_keys(settings);
    if (*keys)
        warn(comparison, "settings",
             xasprintf("the machine was not set the same way: %s", keys));
    free(keys);
    if (json_array_size(comparison->machines) == 0)
        json_array_extend(comparison->machines, machines);
    json_decref(machines);
    json_decref(settings);
}

/* The first valid invocation there is, on either side; NULL: none. */
static const struct comparand_invocation *
first_valid(const struct comparison *comparison)
{
    for (size_t i = 0; i < comparison->count; i++) {
        const struct comparison_pair *pair = &comparison->pairs[i];
        if (pair->a->count)
            return &pair->a->items[0];
        if (pair->b->count)
            return &pair->b->items[0];
    }
    return NULL;
}

/* Every environment is held against the first: of the other side, or of a run
 * that went on elsewhere. */
static void compare_environments_of(struct comparison *comparison,
                                    const struct comparand_cell *cell)
{
    const struct comparand_invocation *first = first_valid(comparison);
    const json_t *seen = NULL;
    for (size_t i = 0; i < cell->count; i++) {
        const json_t *environment = cell->items[i].environment;
        if (i == 0 || environment != seen)
            compare_environments(comparison, first->environment, environment);
        seen = environment;
    }
}

int comparison_open(struct comparison *comparison, const struct comparand *a,
                    const struct comparand *b, struct error *error)
{
    *comparison = (struct comparison){.a = a,
                                      .b = b,
                                      .missing = json_array(),
                                      .machines = json_array(),
                                      .warnings = json_array()};
    if (comparison_pair_up(comparison, error))
        return -1;
    for (size_t i = 0; i < comparison->count; i++) {
        compare_environments_of(comparison, comparison->pairs[i].a);
        compare_environments_of(comparison, comparison->pairs[i].b);
        warn_of_origin(comparison, &comparison->pairs[i]);
        warn_of_build(comparison, &comparison->pairs[i]);
        comparison_measure(&comparison->pairs[i]);
    }
    return 0;
}

void comparison_close(struct comparison *comparison)
{
    for (size_t i = 0; i < comparison->count; i++)
        free(comparison->pairs[i].rows);
    free(comparison->pairs);
    json_decref(comparison->missing);
    json_decref(comparison->machines);
    json_decref(comparison->warnings);
    *comparison = (struct comparison){0};
}

bool comparison_complete(const struct comparison *comparison)
{
    if (json_array_size(comparison->missing))
        return false;
    for (size_t i = 0; i < comparison->count; i++) {
        const struct comparison_pair *pair = &comparison->pairs[i];
        if (!pair->a->count || !pair->b->count ||
            json_array_size(pair->a->invalid) ||
            json_array_size(pair->b->invalid))
            return false;
    }
    return true;
}
