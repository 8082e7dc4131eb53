/* nogc: the shared heap without a collector.
 *
 * The floor of the laboratory: pages are broken by the mutator and the
 * allocator alone, and nothing is ever freed.  Stands for CPython's
 * gc.disable() as far as tracing goes, and for MMTk's NoGC. */
#include "heap/direct.h"

#include "heap/allocate.h"
#include "heap/extents.h"
#include "heap/nothing.h"
#include "heap/plain-store.h"

/* Never called: the budget stays without limit. */
static void heap_exhausted(void) {}

static bool heap_sweep_for(struct cells *cells, unsigned size_class)
{
    (void)cells;
    (void)size_class;
    return false;
}

static inline unsigned mark_of_new(void)
{
    return 0;
}

static void nogc_after_fork(unsigned worker)
{
    (void)worker;
    heap_after_fork();
}

static const struct parameter options[] = {
    HEAP_OPTIONS,
};

static const struct metadata metadata[] = {
    {"block", "side", 256, BLOCK_MOST_BYTES, "when a block is handed out"},
    {"run", "side", 32, PAGE_BYTES, "when a large piece comes"},
};

static void nogc_counters(number_visitor *visit, void *context)
{
    visit("handed_out_bytes", heap.handed_out, context);
}

const struct collector collector = {
    .name = "nogc",
    .about = "the shared heap, and nothing ever freed",
    .stands_for = "MMTk NoGC",
    .metadata = metadata,
    .metadata_count = LENGTH(metadata),
    .options = options,
    .option_count = LENGTH(options),
    .open = heap_open,
    .close = heap_close,
    .collect = nothing_to_collect,
    .before_fork = nothing_before_fork,
    .after_fork = nogc_after_fork,
    .request_begin = nothing_at_request,
    .request_end = nothing_at_request,
    .each_region = heap_each_region,
    .each_extent = heap_each_extent,
    .mark_of = nothing_is_marked,
    .is_pinned = nothing_is_pinned,
    .counters = nogc_counters,
    .verify = nothing_to_verify,
};

#include "workloads/all.h"
