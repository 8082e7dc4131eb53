/* frozen: mark-header, and pages that are frozen before the fork.
 *
 * Stands for gc.freeze of CPython, at the granularity of pages: what is there
 * when the template prepares is never marked into, swept or given a neighbour
 * again.  The steps gc and freeze come in any order and number, because it is
 * disputed whether to collect before the freezing.  Differs from mark-header in
 * the freezing, its barrier (one card byte a store, with find = cards) and
 * blocks of one page.  heap/freeze.h says where it departs. */
#include "heap/freeze.h"

#include "heap/barriered-store.h"
#include "heap/full-collections.h"

static const struct metadata metadata[] = {
    MARK_METADATA,
    SWEEP_METADATA,
};

static const struct parameter options[] = {
    SWEEP_OPTIONS,
    MARK_SWEEP_OPTION_FORK_IN,
    MARK_OPTIONS,
};

/* One that is frozen already is passed over. */
static void freeze_object(const void *start, size_t bytes, const char *what,
                          void *context)
{
    struct object *object = (struct object *)start;
    (void)context;
    if (strcmp(what, EXTENT_OBJECT) != 0 ||
        side_bit_test_and_set(&frozen.starts, object)) {
        return;
    }
    frozen.objects++;
    frozen.bytes += bytes;
    if (option_find == FIND_BROKEN && object->header & HEADER_BUFFERED) {
        address_list_add(&frozen.buffered, (uintptr_t)object);
    }
}

/* The prepare step; any number of times. */
static void frozen_prepare_freeze(void)
{
    sweep_finish();
    heap_seal();
    heap_each_extent(freeze_object, NULL);
    for (uint32_t i = 0; i < heap.small.block_count; i++) {
        cells_block(&heap.small, i)->swept = SWEPT_FOREVER;
    }
    frozen.small_end = cells_block_start(&heap.small, heap.small.block_count);
    frozen.large_end = large_start(&heap.large, heap.large.page_count);
    if (option_find == FIND_CARDS) { /* all references are to frozen objects */
        cards_forget();
    }
}

static const struct prepare_step prepare[] = {
    {"gc", "a full collection", mark_sweep_prepare_gc},
    {"freeze", "freezes every page that has an object", frozen_prepare_freeze},
};

static void frozen_before_fork(void)
{
    mark_sweep_before_fork();
    if (option_find == FIND_BROKEN) {
        frozen_remember();
    }
}

static void frozen_after_fork(unsigned worker)
{
    mark_sweep_after_fork(worker);
    frozen.roots = frozen.references = 0;
}

static void frozen_counters(number_visitor *visit, void *context)
{
    mark_sweep_counters(visit, context);
    visit("frozen_objects", frozen.objects, context);
    visit("frozen_bytes", frozen.bytes, context);
    visit("frozen_roots", frozen.roots, context);
    visit("old_to_young_references", frozen.references, context);
}

const struct collector collector = {
    .name = "frozen",
    .about = "mark-sweep with header marks, frozen pages left alone",
    .stands_for = "CPython gc.freeze, by whole pages",
    COLLECTOR_DATA,
    .open = swept_open,
    .close = swept_close,
    .collect = mark_sweep_collect,
    .before_fork = frozen_before_fork,
    .after_fork = frozen_after_fork,
    .request_begin = nothing_at_request,
    .request_end = nothing_at_request,
    .each_region = swept_each_region,
    .each_extent = swept_each_extent,
    .mark_of = mark_of,
    .is_pinned = nothing_is_pinned,
    .counters = frozen_counters,
    .verify = heap_verify,
};

#include "workloads/all.h"
