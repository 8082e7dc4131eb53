/* summary-published.c: see summary-published.h. */
#include "harness/summary-published.h"

#include <math.h>
#include <string.h>

#include "harness/description.h"
#include "harness/published.h"

static double value_of(const void *context, const char *id, unsigned invocation,
                       enum measure measure)
{
    const struct store *store = context;
    const struct cell *cells = store->experiment->cells;
    for (size_t i = 0; i < store->experiment->cell_count; i++) {
        const struct outcome *outcome = store_outcome(store, i, invocation);
        if (!strcmp(cells[i].id, id))
            return outcome->valid ? outcome->measures[measure] : NAN;
    }
    return NAN;
}

static struct published_rows rows_of(const struct store *store)
{
    struct measured measured = {store, value_of};
    json_t *description = description_json(store->experiment);
    struct published_rows rows = published_open(description, &measured);
    json_decref(description);
    return rows;
}

void summary_published_print(const struct store *store, FILE *stream)
{
    struct published_rows rows = rows_of(store);
    published_print(&rows, stream);
    if (rows.count)
        fputc('\n', stream);
    published_close(&rows);
}

json_t *summary_published_json(const struct store *store)
{
    struct published_rows rows = rows_of(store);
    json_t *json = published_json(&rows);
    published_close(&rows);
    return json;
}
