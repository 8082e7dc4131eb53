/* promise-liar.c: mark-header, with the rows of one kind of metadata, named by
 * the environment variable HIDE, left out of its declaration: the test of the
 * promise is tested on it. */
#include "heap/mark-header.h"
#include "heap/mark-sweep-collector.h"

#include <stdlib.h>

static struct metadata declared_rows[LENGTH(mark_sweep_metadata)];

static void liar_open(void)
{
    const char *hide = getenv("HIDE");
    for (size_t i = 0; i < LENGTH(declared_rows); i++) {
        declared_rows[i] = mark_sweep_metadata[i];
        if (hide != NULL && strcmp(declared_rows[i].kind, hide) == 0) {
            declared_rows[i].kind = "hidden";
        }
    }
    mark_sweep_open();
}

const struct collector collector = {
    .name = "liar",
    .about = "mark-header, with a row of its metadata hidden",
    .metadata = declared_rows,
    .metadata_count = LENGTH(declared_rows),
    .options = mark_sweep_options,
    .option_count = LENGTH(mark_sweep_options),
    .prepare = mark_sweep_prepare,
    .prepare_count = LENGTH(mark_sweep_prepare),
    .open = liar_open,
    .close = mark_sweep_close,
    .collect = mark_sweep_collect,
    .before_fork = mark_sweep_before_fork,
    .after_fork = mark_sweep_after_fork,
    .request_begin = nothing_at_request,
    .request_end = nothing_at_request,
    .each_region = mark_sweep_each_region,
    .each_extent = mark_sweep_each_extent,
    .mark_of = mark_of,
    .counters = mark_sweep_counters,
    .verify = heap_verify,
};

#include "workloads/all.h"
