/* check-warnings.c: what the runs themselves warned of; see check.h. */
#include "harness/check.h"

#include <stdlib.h>
#include <string.h>

#include "harness/interval.h"
#include "harness/memory.h"

enum { INVOCATIONS_SPREAD = 3 };

/* A run warns of few invocations of what there was then; later ones may have
 * added to it. */
static void remark_few(const struct holdings *holdings, struct remarks *remarks)
{
    unsigned count = holdings->invocations;
    if (!holdings->description || count >= INTERVAL_COUNT_MIN)
        return;
    char *next =
        xasprintf("set invocations: %d or more, and run it again, or show it "
                  "without intervals and call nothing the same",
                  INTERVAL_COUNT_MIN);
    if (count < INVOCATIONS_SPREAD)
        remarks_add(remarks, GRAVITY_WARNING, "few-invocations", NULL, next,
                    "%u of each cell tell nothing of the spread", count);
    else
        remarks_add(remarks, GRAVITY_WARNING, "no-intervals", NULL, next,
                    "%u invocations of each cell are too few for intervals, "
                    "which need %d: nothing tells how sure the medians are",
                    count, INTERVAL_COUNT_MIN);
    free(next);
}

/* Notes are no flaws.  Results of versions before levels have warnings alone.
 */
static void remark_warning(const struct holdings *holdings, const char *file,
                           const json_t *item, struct remarks *remarks)
{
    const char *code = holdings_text(item, "code", NULL);
    bool few = !strcmp(code, "few-invocations") && holdings->description;
    if (!few && strcmp(holdings_text(item, "level", NULL), "note"))
        remarks_add_code(remarks, GRAVITY_WARNING, code, file,
                         holdings_text(item, "next", NULL),
                         holdings_text(item, "detail", NULL));
}

void check_warnings(const struct holdings *holdings, struct remarks *remarks)
{
    json_t *item;
    size_t i, k;
    remark_few(holdings, remarks);
    for (i = 0; i < holdings->count; i++) {
        const struct holding *holding = &holdings->items[i];
        if (!holding->valid)
            continue;
        json_array_foreach(json_object_get(holding->json, "warnings"), k, item)
            remark_warning(holdings, holding->file, item, remarks);
    }
    json_array_foreach(json_object_get(holdings->description, "left_out"), i,
                       item)
        remarks_add(remarks, GRAVITY_WARNING, "left-out",
                    holdings_text(item, "subject", NULL),
                    "say so where the results are shown, or install it",
                    "an optional subject was not measured: %s",
                    holdings_text(item, "why", NULL));
}
