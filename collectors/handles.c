/* handles: references are indices into a table of objects.
 *
 * Stands for Smalltalk-80's object table and Perl's SV heads: an entry of the
 * dense table holds the address of the body and its mark, and the free entries'
 * chain.  A marking writes the table and no body; to move a body its entry is
 * updated and no reference rewritten.  The price is one load more for each
 * access.
 *
 * Departs from Smalltalk-80: marks instead of counts with marking as a last
 * resort, and the size and the place of the references stay in the body's
 * header.  From Perl: the type and the flags stay there, too, no counts. */
static inline void table_loaded(void) {}

#include "heap/reference-table.h"

/* The reference to a new object: its entry. */
static inline ref object_ref(const struct object *object)
{
    return (ref){table_take(object)};
}

#include "heap/allocate.h"
#include "heap/budget.h"
#include "heap/extents.h"
#include "heap/handle-compact.h"
#include "heap/nothing.h"
#include "heap/plain-store.h"
#include "heap/trace.h"
#include "heap/verify.h"

static struct {
    uint64_t collections;
    uint64_t marked_objects; /* of the last collection */
    uint64_t freed_objects;
    uint64_t in_use_bytes;
    uintptr_t visited; /* the entry that each_extent is at */
} handles;

/* Set in an entry while a collection runs, beside the address. */
#define ENTRY_MARKED ((uintptr_t)2)

static inline unsigned mark_of_new(void)
{
    return 0;
}

/* Marks the entry; the body is not looked at. */
static inline struct object *handles_mark(ref *slot)
{
    uintptr_t *entry = &reference_table.entries[slot->bits];
    uintptr_t body = *entry;
    if (body == 0 || body & ENTRY_MARKED) {
        return NULL;
    }
    *entry = body | ENTRY_MARKED;
    return (struct object *)body;
}

static void handles_free_body(struct object *object)
{
    heap_release_buffer(object);
    if (region_holds(&heap.large.region, object)) {
        heap_release_large(&heap.large, object);
    } else {
        cells_release(&heap.small, object);
    }
    handles.freed_objects++;
}

/* Whether an entry below `fresh` bears an object; those that a seal skipped are
 * empty. */
static inline bool handles_is_used(uintptr_t index)
{
    uintptr_t entry = reference_table.entries[index];
    return entry != 0 && !(entry & ENTRY_FREE);
}

/* Along the table: clears the marks, frees what has none, and chains the free
 * entries anew, lowest first. */
static void handles_sweep(void)
{
    reference_table.free = 0;
    for (uintptr_t i = reference_table.fresh; i-- > 1;) {
        uintptr_t *entry = &reference_table.entries[i];
        if (*entry & ENTRY_MARKED) {
            *entry &= ~ENTRY_MARKED;
            continue;
        }
        if (handles_is_used(i)) {
            handles_free_body((struct object *)*entry);
            *entry = ENTRY_FREE;
        }
        table_release(i);
    }
    handles.in_use_bytes =
        cells_rebuild(&heap.small) + large_rebuild(&heap.large) +
        cells_rebuild(&heap.small_buffers) + large_rebuild(&heap.large_buffers);
    budget_renew(handles.in_use_bytes);
}

static void handles_collect(enum collection_kind kind, enum collection_why why)
{
    (void)kind; /* every collection is full */
    uint64_t start = collection_begin(PHASE_MARK);
    trace_roots(handles_mark);
    handles.marked_objects = trace_drain_ahead(handles_mark);
    mark_stack_release();
    phase_enter(PHASE_SWEEP);
    handles_sweep();
    handles.collections++;
    collection_finish(COLLECTION_FULL, why, start);
}

static void heap_exhausted(void)
{
    handles_collect(COLLECTION_FULL, COLLECTION_THRESHOLD);
}

/* The sweep is never lazy. */
static bool heap_sweep_for(struct cells *cells, unsigned size_class)
{
    (void)cells;
    (void)size_class;
    return false;
}

static void handles_prepare_gc(void)
{
    handles_collect(COLLECTION_FULL, COLLECTION_ASKED);
}

static void handles_prepare_compact(void)
{
    handles_collect(COLLECTION_FULL, COLLECTION_ASKED);
    handle_compact_bodies();
}

/* A worker's counters are of its own collections. */
static void handles_after_fork(unsigned worker)
{
    (void)worker;
    heap_after_fork();
    if (option_after_fork == AFTER_FORK_FRESH) {
        table_seal();
    }
    handles.collections = handles.marked_objects = handles.freed_objects = 0;
    handle_compact.moved_objects = handle_compact.moved_bytes = 0;
}

static void handles_open(void)
{
    heap_open();
    budget_renew(0);
    table_open(heap.objects.reserved / OBJECT_GRANULE);
    mark_stack_open(heap.objects.reserved / OBJECT_GRANULE);
}

static void handles_close(void)
{
    region_close(&mark_stack.region);
    region_close(&reference_table.region);
    heap_close();
}

static void handles_each_region(region_visitor *visit, void *context)
{
    heap_each_region(visit, context);
    visit(&reference_table.region, context);
    visit(&mark_stack.region, context);
}

static void handles_each_extent(extent_visitor *visit, void *context)
{
    for (handles.visited = 1; handles.visited < reference_table.fresh;
         handles.visited++) {
        if (handles_is_used(handles.visited)) {
            struct object *object =
                (struct object *)reference_table.entries[handles.visited];
            extent_of_object(object, visit, context);
        }
    }
    extents_of_free_cells(&heap.small, visit, context);
    extents_of_free_cells(&heap.small_buffers, visit, context);
}

/* The object that each_extent is at is found at once, any other by a search. */
static const void *handles_mark_of(const struct object *object)
{
    const uintptr_t *entries = reference_table.entries;
    uintptr_t index = handles.visited;
    if (index >= reference_table.fresh || entries[index] != (uintptr_t)object) {
        index = 1;
        while (index < reference_table.fresh &&
               entries[index] != (uintptr_t)object) {
            index++;
        }
    }
    return index < reference_table.fresh ? &entries[index] : NULL;
}

static void handles_counters(number_visitor *visit, void *context)
{
    visit("heap_in_use_bytes", handles.in_use_bytes, context);
    visit("handed_out_bytes", heap.handed_out, context);
    visit("collections", handles.collections, context);
    visit("marked_objects", handles.marked_objects, context);
    visit("freed_objects", handles.freed_objects, context);
    visit("moved_objects", handle_compact.moved_objects, context);
    visit("moved_bytes", handle_compact.moved_bytes, context);
}

static const struct metadata metadata[] = {
    {"mark", "side", 1, 0,
     "in the table's entries: set by the marking, cleared by the sweep"},
    {"table", "side", 64, 0,
     "when an object is made, freed, or moved by the step `compact`"},
    {"free-link", "body", 64, 0,
     "free = list: in bodies and buffers of dead objects, by the sweep"},
    {"zero", "body", 0, 0, "zero = sweep: dead bodies, by the sweep"},
    {"free-bit", "side", 1, OBJECT_GRANULE,
     "free = bitmap and pages: by the sweep and when cells are handed out"},
    {"block", "side", 256, BLOCK_MOST_BYTES,
     "when a block is handed out, emptied, or one of its cells freed"},
    {"run", "side", 32, PAGE_BYTES, "when a large piece comes or goes"},
    {"mark-stack", "side", 64, 0,
     "by the marking, for objects reached and not yet scanned; given back "
     "after it"},
};

static const struct parameter options[] = {
    HEAP_OPTIONS,
    BUDGET_OPTION_GROWTH,
    FREE_SPACE_OPTION_FREE,
    FREE_SPACE_OPTION_ZERO,
};

static const struct prepare_step prepare[] = {
    {"gc", "a full collection", handles_prepare_gc},
    {"compact", "a full collection, and the bodies are moved together",
     handles_prepare_compact},
};

const struct collector collector = {
    .name = "handles",
    .about = "references through a table that holds address and mark",
    .stands_for = "Smalltalk-80's object table, Perl's SV heads",
    COLLECTOR_DATA,
    .open = handles_open,
    .close = handles_close,
    .collect = handles_collect,
    .before_fork = nothing_before_fork,
    .after_fork = handles_after_fork,
    .request_begin = nothing_at_request,
    .request_end = nothing_at_request,
    .each_region = handles_each_region,
    .each_extent = handles_each_extent,
    .mark_of = handles_mark_of,
    .is_pinned = nothing_is_pinned,
    .counters = handles_counters,
    .verify = heap_verify,
};

#include "workloads/all.h"
