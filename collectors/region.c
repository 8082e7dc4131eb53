/* region: a mark-region collector, whose free space is never linked.
 *
 * Stands for Immix, Whippet's nofl and SBCL's mark-region: marks on the side,
 * lines on the side, allocation by a bump pointer into the holes between marked
 * lines.  A collection writes nothing among the objects; what a worker's
 * allocation breaks afterwards are the holes of inherited pages.
 *
 * Departs from Immix: no defragmentation, so nothing moves.  From Whippet:
 * lines of many granules instead of granules alone.  heap/lines.h says more. */
#include "heap/direct.h"

#include "heap/bump-allocate.h"
#include "heap/lines.h"
#include "heap/nothing.h"
#include "heap/plain-store.h"
#include "heap/trace.h"
#include "heap/verify.h"

static struct {
    uint64_t collections;
    uint64_t marked_objects; /* of the last collection */
    uint64_t in_use_bytes;
} mark_region;

static inline void *bump_take(size_t bytes)
{
    return lines_take(bytes);
}

static inline struct object *survivor(struct object *object)
{
    return lines_is_marked(object) ? object : NULL;
}

static inline struct object *mark_region_visit(ref *slot)
{
    struct object *object = ref_object(*slot);
    if (object == NULL) {
        return NULL;
    }
    bool marked = lines_hold(object) ? lines_test_and_mark(object)
                                     : large_test_and_mark(&heap.large, object);
    return marked ? NULL : object;
}

static void mark_region_collect(enum collection_kind kind,
                                enum collection_why why)
{
    (void)kind; /* every collection is full */
    uint64_t start = collection_begin(PHASE_MARK);
    lines_begin();
    trace_roots(mark_region_visit);
    mark_region.marked_objects = trace_drain_ahead(mark_region_visit);
    mark_stack_release();
    phase_enter(PHASE_SWEEP);
    mark_region.in_use_bytes = unmoved_sweep(lines_sweep());
    mark_region.collections++;
    collection_finish(COLLECTION_FULL, why, start);
}

static void heap_exhausted(void)
{
    mark_region_collect(COLLECTION_FULL, COLLECTION_THRESHOLD);
}

static void mark_region_prepare_gc(void)
{
    mark_region_collect(COLLECTION_FULL, COLLECTION_ASKED);
}

/* A worker's counters are of its own collections. */
static void mark_region_after_fork(unsigned worker)
{
    (void)worker;
    if (option_after_fork == AFTER_FORK_FRESH) {
        lines_seal();
        unmoved_seal();
    }
    mark_region.collections = mark_region.marked_objects = 0;
    lines.freed_objects = unmoved_freed_objects = 0;
}

static void mark_region_open(void)
{
    lines_open("objects");
    unmoved_open();
    mark_stack_open(2 * (size_t)option_reserve / OBJECT_GRANULE);
}

static void mark_region_close(void)
{
    region_close(&mark_stack.region);
    unmoved_close();
    lines_close();
}

static void mark_region_each_region(region_visitor *visit, void *context)
{
    lines_each_region(visit, context);
    unmoved_each_region(visit, context);
    visit(&mark_stack.region, context);
}

static void mark_region_each_extent(extent_visitor *visit, void *context)
{
    lines_each_extent(visit, context);
    unmoved_each_extent(visit, context);
}

static const void *mark_region_mark_of(const struct object *object)
{
    uint64_t bit;
    return lines_hold(object) ? lines_word(&lines.marks, object, &bit)
                              : unmoved_mark_of(object);
}

static void mark_region_counters(number_visitor *visit, void *context)
{
    visit("heap_in_use_bytes", mark_region.in_use_bytes, context);
    visit("handed_out_bytes", heap.handed_out, context);
    visit("collections", mark_region.collections, context);
    visit("marked_objects", mark_region.marked_objects, context);
    visit("freed_objects", lines.freed_objects + unmoved_freed_objects,
          context);
}

static const struct metadata metadata[] = {
    {"mark", "side", 1, OBJECT_GRANULE,
     "cleared when a collection begins, set by the marking"},
    {"line", "side", 8, 256,
     "for each `line` bytes: by the marking, the sweep, and when a hole is "
     "taken"},
    {"start", "side", 1, OBJECT_GRANULE,
     "set when an object is made, cleared when it is dead"},
    {"zero", "body", 0, 0, "zero = sweep: dead lines and pieces, by the sweep"},
    {"mark-stack", "side", 64, 0,
     "by the marking, for objects reached and not yet scanned; given back "
     "after it"},
    UNMOVED_METADATA,
};

static const struct parameter options[] = {
    UNMOVED_OPTION_RESERVE, LINES_OPTION_BLOCK,     LINES_OPTION_LINE,
    BUDGET_OPTION_GROWTH,   HEAP_OPTION_AFTER_FORK, FREE_SPACE_OPTION_ZERO,
};

static const struct prepare_step prepare[] = {
    {"gc", "a full collection", mark_region_prepare_gc},
};

const struct collector collector = {
    .name = "region",
    .about = "mark-region: bump allocation into holes between marked lines",
    .stands_for = "Immix, Whippet's nofl, SBCL mark-region",
    COLLECTOR_DATA,
    .open = mark_region_open,
    .close = mark_region_close,
    .collect = mark_region_collect,
    .before_fork = nothing_before_fork,
    .after_fork = mark_region_after_fork,
    .request_begin = nothing_at_request,
    .request_end = nothing_at_request,
    .each_region = mark_region_each_region,
    .each_extent = mark_region_each_extent,
    .mark_of = mark_region_mark_of,
    .is_pinned = nothing_is_pinned,
    .counters = mark_region_counters,
    .verify = heap_verify,
};

#include "workloads/all.h"
