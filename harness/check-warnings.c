/* check-warnings.c: what the runs themselves warned of; see check.h. */
#include "harness/check.h"

#include <string.h>

enum { INVOCATIONS_ENOUGH = 3 };

/* A run warns of few invocations of what there was then; later ones may have
 * added to it. */
static void remark_few(const struct holdings *holdings, struct remarks *remarks)
{
    if (holdings->description && holdings->invocations < INVOCATIONS_ENOUGH)
        remarks_add(remarks, GRAVITY_WARNING, "few-invocations", NULL,
                    "set invocations: 3 or more, and run it again",
                    "%u of each cell tell nothing of the spread",
                    holdings->invocations);
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
        {
            const char *code = holdings_text(item, "code", NULL);
            if (strcmp(code, "few-invocations") || !holdings->description)
                remarks_add_code(remarks, GRAVITY_WARNING, code, holding->file,
                                 holdings_text(item, "next", NULL),
                                 holdings_text(item, "detail", NULL));
        }
    }
    json_array_foreach(json_object_get(holdings->description, "left_out"), i,
                       item)
        remarks_add(remarks, GRAVITY_WARNING, "left-out",
                    holdings_text(item, "subject", NULL),
                    "say so where the results are shown, or install it",
                    "an optional subject was not measured: %s",
                    holdings_text(item, "why", NULL));
}
