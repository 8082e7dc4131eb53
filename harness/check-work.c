/* check-work.c: what results were asked, and what they answered; see check.h.
 */
#include "harness/check.h"

#include <stdlib.h>

#include "harness/memory.h"
#include "harness/order.h"

/* Against the description. */

static void check_task(const struct holdings *holdings,
                       const struct holding *holding, struct remarks *remarks)
{
    if (holding->cell == HOLDING_OF_NONE ||
        holding->invocation == HOLDING_OF_NONE)
        return;
    struct experiment experiment = {
        .seed = (uint64_t)json_integer_value(
            json_object_get(holdings->description, "seed"))};
    json_int_t seed =
        json_integer_value(json_object_get(holding->json, "seed"));
    uint64_t right = order_seed(&experiment, (unsigned)holding->invocation);
    if ((uint64_t)seed != right)
        remarks_add(remarks, GRAVITY_WRONG, "seed", holding->file,
                    "move it away and run the experiment again",
                    "made with the seed %llu, where invocation %d has %llu",
                    (unsigned long long)seed, holding->invocation,
                    (unsigned long long)right);
    if (!json_equal(json_object_get(holding->json, "cell"),
                    json_array_get(holdings->cells, (size_t)holding->cell)))
        remarks_add(remarks, GRAVITY_WRONG, "other-cell", holding->file,
                    "move it away and run the experiment again",
                    "its cell is not as the description has it");
}

/* Against each other. */

/* All that replies may depend on, as a key. */
static char *work_key(const struct holding *holding, const char *of)
{
    const json_t *cell = json_object_get(holding->json, "cell");
    return xasprintf(
        "%s %lld %lld %s", of,
        (long long)json_integer_value(json_object_get(cell, "workers")),
        (long long)json_integer_value(json_object_get(holding->json, "seed")),
        holdings_text(cell, "workload", "label"));
}

static bool is_collector(const struct holding *holding)
{
    return json_is_true(json_object_get(
        json_object_get(holding->json, "subject"), "collector"));
}

/* Whether a checksum that both have is not the same. */
static bool differ(const json_t *left, const json_t *right, const char *key)
{
    const json_t *one = json_object_get(left, key);
    const json_t *other = json_object_get(right, key);
    return json_is_string(one) && json_is_string(other) &&
           !json_equal(one, other);
}

static bool workers_differ(const struct holding *left,
                           const struct holding *right, const char *key)
{
    const json_t *ours = json_object_get(left->json, "workers"), *worker;
    const json_t *theirs = json_object_get(right->json, "workers");
    size_t i;
    json_array_foreach(ours, i, worker)
    {
        if (differ(worker, json_array_get(theirs, i), key))
            return true;
    }
    return false;
}

#define FIND_OUT                                                               \
    "one of the two subjects is not right: find out which before believing "   \
    "either"

/* Holds a result against the first one of the same work, of all subjects or of
 * all collectors. */
static void check_answers(const struct holdings *holdings, size_t index,
                          json_t *seen, struct remarks *remarks)
{
    const struct holding *holding = &holdings->items[index], *other;
    char *key = work_key(holding, "subject");
    other = holdings_first(holdings, seen, key, index);
    if (workers_differ(holding, other, "reply_checksum"))
        remarks_add(remarks, GRAVITY_WRONG, "disagreement", holding->file,
                    FIND_OUT, "its workers replied otherwise than those of %s",
                    other->file);
    free(key);
    if (!is_collector(holding))
        return;
    key = work_key(holding, "collector");
    other = holdings_first(holdings, seen, key, index);
    if (workers_differ(holding, other, "graph_checksum") ||
        differ(json_object_get(holding->json, "template"),
               json_object_get(other->json, "template"), "graph_checksum"))
        remarks_add(remarks, GRAVITY_WRONG, "disagreement", holding->file,
                    FIND_OUT, "its graph is not that of %s", other->file);
    free(key);
}

void check_work(const struct holdings *holdings, struct remarks *remarks)
{
    json_t *seen = json_object();
    for (size_t i = 0; i < holdings->count; i++) {
        const struct holding *holding = &holdings->items[i];
        if (!holding->valid)
            continue;
        check_task(holdings, holding, remarks);
        check_answers(holdings, i, seen, remarks);
        if (!json_object_get(json_object_get(holding->json, "subject"),
                             "collector"))
            remarks_add(remarks, GRAVITY_WARNING, "graphs-unchecked",
                        holding->file,
                        "nothing; results that are made now tell it",
                        "it does not tell whether its subject is a collector: "
                        "its graph was compared with none");
    }
    json_decref(seen);
}
