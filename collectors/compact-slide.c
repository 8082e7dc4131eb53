/* compact-slide: one space, closed up by sliding at every collection.
 *
 * Stands for the Compressor, and for Lisp-2 and MMTk's MarkCompact as far as
 * what they do goes: objects keep the order of their allocation, and what lies
 * before the first hole stays where it is.  Differs from Lisp-2 in the
 * placement of the forwarding address, which is on the side.  A worker writes
 * what it moves, the references to that, and nothing more.
 *
 * With `after-fork` = fresh a worker slides only what it has allocated itself:
 * what it inherited stays, the dead included, as HotSpot's parallel collector
 * leaves a dense prefix. */
#include "heap/direct.h"

#include "heap/bump-allocate.h"
#include "heap/nothing.h"
#include "heap/plain-store.h"
#include "heap/slide.h"
#include "heap/verify.h"

enum { ORDER_ALLOCATION };

static int64_t option_order = ORDER_ALLOCATION;

static struct {
    uint64_t collections;
    uint64_t marked_objects; /* of the last collection */
    uint64_t in_use_bytes;
} compact;

static inline void *bump_take(size_t bytes)
{
    return copy_space_take(&slide.space, bytes);
}

static inline struct object *survivor(struct object *object)
{
    return slide_is_marked(object) ? slide_forward(object) : NULL;
}

static inline struct object *compact_mark(ref *slot)
{
    struct object *object = ref_object(*slot);
    if (object == NULL) {
        return NULL;
    }
    bool marked = copy_space_holds(&slide.space, object)
                      ? slide_test_and_mark(object)
                      : large_test_and_mark(&heap.large, object);
    return marked ? NULL : object;
}

static void compact_rewrite_large(void)
{
    for (size_t page = 0; page < heap.large.page_count;) {
        uint32_t pages = large_pages(&heap.large, page);
        if (pages != 0) {
            struct object *object =
                (struct object *)large_start(&heap.large, page);
            trace_object(object, slide_rewrite);
        }
        page += pages ? pages : 1;
    }
}

static void compact_collect(enum collection_kind kind, enum collection_why why)
{
    (void)kind; /* every collection is full */
    uint64_t start = collection_begin(PHASE_MARK);
    slide_begin();
    trace_roots(compact_mark);
    compact.marked_objects = trace_drain_ahead(compact_mark);
    mark_stack_release();
    char *end = slide_plan();
    phase_enter(PHASE_SWEEP);
    compact.in_use_bytes = unmoved_sweep(slide.live_bytes);
    phase_enter(PHASE_COMPACT);
    trace_roots(slide_rewrite);
    compact_rewrite_large();
    slide_move(end);
    compact.collections++;
    collection_finish(COLLECTION_FULL, why, start);
}

static void heap_exhausted(void)
{
    compact_collect(COLLECTION_FULL, COLLECTION_THRESHOLD);
}

static void compact_prepare(void)
{
    compact_collect(COLLECTION_FULL, COLLECTION_ASKED);
}

/* A worker's counters are of its own collections. */
static void compact_after_fork(unsigned worker)
{
    (void)worker;
    if (option_after_fork == AFTER_FORK_FRESH) {
        slide_seal();
        unmoved_seal();
    }
    compact.collections = compact.marked_objects = 0;
    slide.moved_objects = slide.moved_bytes = slide.rewritten_references = 0;
}

static void compact_open(void)
{
    slide_open("objects");
    unmoved_open();
    mark_stack_open(2 * (size_t)option_reserve / OBJECT_GRANULE);
}

static void compact_close(void)
{
    region_close(&mark_stack.region);
    unmoved_close();
    slide_close();
}

static void compact_each_region(region_visitor *visit, void *context)
{
    slide_each_region(visit, context);
    unmoved_each_region(visit, context);
    visit(&mark_stack.region, context);
}

static void compact_each_extent(extent_visitor *visit, void *context)
{
    slide_each_extent(visit, context);
    unmoved_each_extent(visit, context);
}

static const void *compact_mark_of(const struct object *object)
{
    return copy_space_holds(&slide.space, object) ? slide_bits(object)
                                                  : unmoved_mark_of(object);
}

static void compact_counters(number_visitor *visit, void *context)
{
    visit("heap_in_use_bytes", compact.in_use_bytes, context);
    visit("handed_out_bytes", heap.handed_out, context);
    visit("collections", compact.collections, context);
    visit("marked_objects", compact.marked_objects, context);
    visit("moved_objects", slide.moved_objects, context);
    visit("moved_bytes", slide.moved_bytes, context);
    visit("rewritten_references", slide.rewritten_references, context);
}

static const struct metadata metadata[] = {
    {"mark", "side", 1, OBJECT_GRANULE,
     "cleared when a collection begins, set by the marking"},
    {"forwarding", "side", 64, SLIDE_BLOCK, "by each collection"},
    {"object", "body", 0, 0,
     "small objects behind the first hole: moved down by each collection"},
    {"reference", "body", 64, 0, "to an object that was moved"},
    {"mark-stack", "side", 64, 0,
     "by the marking, for objects reached and not yet scanned; given back "
     "after it"},
    UNMOVED_METADATA,
};

static const struct parameter options[] = {
    UNMOVED_OPTION_RESERVE,
    BUDGET_OPTION_GROWTH,
    HEAP_OPTION_AFTER_FORK,
    COPY_SPACE_OPTION_VACATED,
    {"order", &option_order, 0, 0, "allocation", NULL,
     "in which objects lie after a collection"},
};

static const struct prepare_step prepare[] = {
    {"gc", "a full collection, which compacts", compact_prepare},
    {"compact", "the same", compact_prepare},
};

const struct collector collector = {
    .name = "compact-slide",
    .about = "mark-compact: objects slide together in their order",
    .stands_for = "the Compressor, MMTk MarkCompact",
    COLLECTOR_DATA,
    .open = compact_open,
    .close = compact_close,
    .collect = compact_collect,
    .before_fork = nothing_before_fork,
    .after_fork = compact_after_fork,
    .request_begin = nothing_at_request,
    .request_end = nothing_at_request,
    .each_region = compact_each_region,
    .each_extent = compact_each_extent,
    .mark_of = compact_mark_of,
    .is_pinned = nothing_is_pinned,
    .counters = compact_counters,
    .verify = heap_verify,
};

#include "workloads/all.h"
