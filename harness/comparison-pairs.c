/* comparison-pairs.c: which cells of two sides belong together; see
 * comparison.h. */
#include "harness/comparison.h"

#include <stdlib.h>
#include <string.h>

#include "harness/interleaving.h"
#include "harness/memory.h"

/* Whether the repetitions that both cells have alternated. */
static bool in_turn(const struct comparand_cell *a,
                    const struct comparand_cell *b)
{
    double *left = xcalloc(a->count + 1, sizeof *left);
    double *right = xcalloc(a->count + 1, sizeof *right);
    size_t count = 0;
    for (size_t i = 0, k = 0; comparand_both(a, b, &i, &k); i++) {
        left[count] = a->items[i].outcome.measures[MEASURE_STARTED];
        right[count++] = b->items[k].outcome.measures[MEASURE_STARTED];
    }
    bool answer = interleaving_is(left, right, count);
    free(left);
    free(right);
    return answer;
}

static int add_pair(struct comparison *comparison,
                    const struct comparand_cell *a,
                    const struct comparand_cell *b, struct error *error)
{
    bool one_place = !strcmp(comparison->a->path, comparison->b->path);
    bool one_cell = !strcmp(comparand_id(a), comparand_id(b));
    for (size_t i = 0; one_place && one_cell && i < a->count; i++)
        for (size_t k = 0; k < b->count; k++)
            if (a->items[i].number == b->items[k].number)
                return error_set(error,
                                 "A and B are the same: both have invocation "
                                 "%u of %s; give two cells, or two results",
                                 a->items[i].number, comparand_id(a));
    comparison->pairs = xreallocarray(comparison->pairs, comparison->count + 1,
                                      sizeof *comparison->pairs);
    bool one_run = one_place && !one_cell &&
                   json_equal(json_object_get(a->origin, "experiment_hash"),
                              json_object_get(b->origin, "experiment_hash"));
    comparison->pairs[comparison->count++] = (struct comparison_pair){
        .a = a,
        .b = b,
        .unpaired = !one_run         ? "they are of different runs"
                    : !in_turn(a, b) ? "they were not measured in turn, "
                                       "repetition by repetition"
                                     : NULL};
    return 0;
}

static void add_missing(struct comparison *comparison,
                        const struct comparand_cell *cell, const char *side)
{
    json_array_append_new(
        comparison->missing,
        json_pack("{s:s, s:s}", "cell", comparand_id(cell), "side", side));
}

/* A cell without its id and one of its keys. */
static json_t *stripped(const struct comparand_cell *cell, const char *key)
{
    json_t *rest = json_deep_copy(cell->cell);
    json_object_del(rest, "id");
    if (key)
        json_object_del(rest, key);
    return rest;
}

/* Whether two cells are partners: equal ids, or where `but` is given equal in
 * all but that. */
static bool are_partners(const struct comparand_cell *a,
                         const struct comparand_cell *b, const char *but)
{
    if (!but)
        return !strcmp(comparand_id(a), comparand_id(b));
    json_t *one = stripped(a, but), *other = stripped(b, but);
    bool equal = json_equal(one, other);
    json_decref(one);
    json_decref(other);
    return equal;
}

/* The partner of a cell among others, and how many it has. */
static const struct comparand_cell *
partner_of(const struct comparand_cell *cell, const struct comparand *others,
           const char *but, size_t *count)
{
    const struct comparand_cell *found = NULL;
    *count = 0;
    for (size_t i = 0; i < others->count; i++)
        if (are_partners(cell, &others->cells[i], but)) {
            found = &others->cells[i];
            ++*count;
        }
    return found;
}

/* Whether pairs come about, and no cell would be in two of them. */
static bool pairs_up(const struct comparison *comparison, const char *but)
{
    size_t count, pairs = 0;
    for (size_t i = 0; i < comparison->a->count; i++) {
        partner_of(&comparison->a->cells[i], comparison->b, but, &count);
        pairs += count;
        if (count > 1)
            return false;
    }
    for (size_t i = 0; i < comparison->b->count; i++) {
        partner_of(&comparison->b->cells[i], comparison->a, but, &count);
        if (count > 1)
            return false;
    }
    return pairs > 0;
}

static int pair_all(struct comparison *comparison, const char *but,
                    struct error *error)
{
    const struct comparand *a = comparison->a, *b = comparison->b;
    size_t count;
    for (size_t i = 0; i < a->count; i++) {
        const struct comparand_cell *partner =
            partner_of(&a->cells[i], b, but, &count);
        if (!partner)
            add_missing(comparison, &a->cells[i], "B");
        else if (add_pair(comparison, &a->cells[i], partner, error))
            return -1;
    }
    for (size_t i = 0; i < b->count; i++)
        if (!partner_of(&b->cells[i], a, but, &count))
            add_missing(comparison, &b->cells[i], "A");
    return 0;
}

int comparison_pair_up(struct comparison *comparison, struct error *error)
{
    static const char *const buts[] = {NULL, "subject", "workload", "workers"};
    const struct comparand *a = comparison->a, *b = comparison->b;
    if (a->count == 1 && b->count == 1)
        return add_pair(comparison, &a->cells[0], &b->cells[0], error);
    for (size_t i = 0; i < sizeof buts / sizeof *buts; i++)
        if (pairs_up(comparison, buts[i]))
            return pair_all(comparison, buts[i], error);
    return error_set(error,
                     "no cell of A (%zu) belongs to one of B (%zu): select one "
                     "cell each, or cells that differ in the subject, the "
                     "workload or the number of workers alone, such as "
                     "DIR:subject=mark-side",
                     a->count, b->count);
}
