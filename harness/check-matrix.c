/* check-matrix.c: results against the matrix of the description; see check.h.
 */
#include "harness/check.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "harness/memory.h"
#include "harness/result.h"
#include "harness/swap-file.h"

/* How to have measured what is not there or not valid; the caller frees it. */
static char *run_again(const struct holdings *holdings, const char *option)
{
    const char *path = holdings_text(holdings->description, "path", NULL);
    return xasprintf("cowlab run%s %s --results %s, with --set as then", option,
                     *path ? path : "FILE", holdings->directory);
}

static char *cell_name(const json_t *cell)
{
    return xasprintf("%s, %s, %d workers",
                     holdings_text(cell, "subject", "label"),
                     holdings_text(cell, "workload", "label"),
                     (int)json_integer_value(json_object_get(cell, "workers")));
}

static void remark_missing(const struct holdings *holdings,
                           struct remarks *remarks)
{
    char *next = run_again(holdings, "");
    for (size_t i = 0; i < holdings->cell_count; i++) {
        unsigned missing = 0;
        for (unsigned k = 1; k <= holdings->invocations; k++)
            missing += holdings_state(holdings, i, k) == STATE_MISSING;
        if (!missing)
            continue;
        char *cell = cell_name(json_array_get(holdings->cells, i));
        remarks_add(remarks, GRAVITY_WRONG, "missing", cell, next,
                    "%u of %u invocations are missing", missing,
                    holdings->invocations);
        free(cell);
    }
    free(next);
}

static bool is_left_out(const struct holdings *holdings, const json_t *result)
{
    json_t *item;
    size_t i;
    json_array_foreach(json_object_get(holdings->description, "left_out"), i,
                       item)
    {
        const char *subject = holdings_text(item, "subject", NULL);
        const json_t *cell = json_object_get(result, "cell");
        if (!strcmp(subject, holdings_text(cell, "subject", "label")) ||
            !strcmp(subject, holdings_text(cell, "subject", "name")))
            return true;
    }
    return false;
}

static void remark_place(const struct holdings *holdings,
                         const struct holding *holding, struct remarks *remarks)
{
    static const char next[] =
        "move it out of the directory: figures would show it, too";
    if (holding->cell == HOLDING_OF_NONE)
        remarks_add(remarks,
                    is_left_out(holdings, holding->json) ? GRAVITY_WARNING
                                                         : GRAVITY_WRONG,
                    "of-no-cell", holding->file, next,
                    "the experiment has no such cell: %s",
                    holdings_text(holding->json, "cell", "id"));
    else if (holding->invocation == HOLDING_OF_NONE)
        remarks_add(remarks, GRAVITY_WRONG, "of-no-cell", holding->file, next,
                    "the experiment has %u invocations of each cell",
                    holdings->invocations);
    else {
        const struct holding *first = holdings_find(
            holdings, (size_t)holding->cell, (unsigned)holding->invocation);
        if (first != holding)
            remarks_add(remarks, GRAVITY_WRONG, "twice", holding->file,
                        "move one of the two out of the directory",
                        "it is of the same invocation as %s", first->file);
    }
}

static void remark_result(const struct holdings *holdings,
                          const struct holding *holding,
                          struct remarks *remarks)
{
    if (!holding->json) {
        remarks_add(remarks, GRAVITY_WRONG, "torn", holding->file,
                    "move it out of the directory and run the experiment again",
                    "%s", holding->fault);
        return;
    }
    if (!holding->valid) {
        char *next = run_again(holdings, " --failed");
        remarks_add(remarks, GRAVITY_WRONG, "invalid", holding->file, next,
                    "%s: %s", holdings_text(holding->json, "reason", NULL),
                    holdings_text(holding->json, "detail", NULL));
        free(next);
    }
    if (holdings->description)
        remark_place(holdings, holding, remarks);
}

static int is_left_behind(const struct dirent *entry)
{
    return result_is_temporary(entry) || swap_file_is_left(entry->d_name);
}

static void remark_left_behind(const struct holdings *holdings,
                               struct remarks *remarks)
{
    struct dirent **entries;
    int count =
        scandir(holdings->directory, &entries, is_left_behind, alphasort);
    for (int i = 0; i < count; i++) {
        char *path =
            xasprintf("%s/%s", holdings->directory, entries[i]->d_name);
        if (!result_is_locked(path))
            remarks_add(remarks, GRAVITY_WARNING, "left-behind",
                        entries[i]->d_name, "remove it, or let a run do so",
                        "a run that was killed has left it");
        free(path);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

void check_matrix(const struct holdings *holdings, struct remarks *remarks)
{
    if (!holdings->description)
        remarks_add(remarks, GRAVITY_WRONG, "no-description", NULL,
                    "run the experiment again into it: that describes it",
                    "nothing tells which results there should be");
    if (holdings_in_use(holdings))
        remarks_add(remarks, GRAVITY_WARNING, "running", NULL,
                    "wait for it, and check again",
                    "a run is writing there now");
    remark_missing(holdings, remarks);
    for (size_t i = 0; i < holdings->count; i++)
        remark_result(holdings, &holdings->items[i], remarks);
    remark_left_behind(holdings, remarks);
}
