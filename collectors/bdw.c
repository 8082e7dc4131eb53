/* bdw: libgc, the conservative collector of Boehm, Demers and Weiser, itself.
 *
 * The outside reference point: not a model but the library, built where it is
 * installed (Debian: libgc-dev).  Objects without references come from
 * GC_MALLOC_ATOMIC, all others and the buffers from GC_MALLOC, as a program
 * that uses libgc would have it; the frames are kept up for the sake of equal
 * work and never read: libgc finds the roots by scanning stack and static data.
 * One marker thread, so that the process being measured is one thread.
 *
 * libgc takes its memory from the system piece by piece and does not tell
 * where: regions and extents are not known.  Objects keep the laboratory's
 * header, so that they are as large as everywhere else. */
#define GC_THREADS
#define GC_NO_THREAD_REDIRECTS
#include <gc/gc.h>

#include "heap/direct.h"
#include "heap/nothing.h"
#include "heap/plain-store.h"

#include <stdio.h>
#include <stdlib.h>

static int64_t option_reserve = RESERVE_DEFAULT;
static int64_t option_divisor = 3;

static const struct parameter options[] = {
    {"free-space-divisor", &option_divisor, 1, 1000, NULL, NULL,
     "collect after allocating this part of twice what was traced"},
    {"reserve", &option_reserve, INT64_C(1) << 24, INT64_C(1) << 40, NULL,
     "bytes", "the most that libgc may take from the system"},
};

/* As far as libgc's sources tell (gc_priv.h, reclaim.c). */
static const struct metadata metadata[] = {
    {"mark", "side", 8, OBJECT_GRANULE, "by the marking, in block headers"},
    {"free-link", "body", 64, 0, "in dead objects, by the lazy sweep"},
    {"zero", "body", 8, 1, "dead objects are cleared by the lazy sweep"},
    {"block", "side", 0, 0, "block headers, when blocks come and go"},
    {"mark-stack", "side", 128, 0, "by the marking"},
};

static struct {
    uint64_t start; /* of the collection under way */
    enum collection_why why;
    uint64_t collections;
} bdw = {.why = COLLECTION_THRESHOLD};

static void *bdw_no_memory(size_t bytes)
{
    fprintf(stderr,
            "heap: libgc has no room for %zu bytes: the system refused them, "
            "or they are beyond %lld MiB: raise the option 'reserve'\n",
            bytes, (long long)option_reserve >> 20);
    exit(EXIT_FAILURE);
}

/* Called by libgc for its own collections and for ours. */
static void bdw_event(GC_EventType event)
{
    if (event == GC_EVENT_START) {
        bdw.start = collection_begin(PHASE_MARK);
    } else if (event == GC_EVENT_END) {
        bdw.collections++;
        collection_finish(COLLECTION_FULL, bdw.why, bdw.start);
    }
}

static void bdw_open(void)
{
    GC_set_handle_fork(1);
    GC_set_markers_count(1);
    GC_INIT();
    GC_set_warn_proc(GC_ignore_warn_proc); /* of large objects */
    GC_set_oom_fn(bdw_no_memory);
    GC_set_max_heap_size((GC_word)option_reserve);
    GC_set_free_space_divisor((GC_word)option_divisor);
    GC_set_on_collection_event(bdw_event);
}

/* libgc cannot give all back; the process ends. */
static void bdw_close(void) {}

static void bdw_collect(enum collection_kind kind, enum collection_why why)
{
    (void)kind; /* every collection is full */
    bdw.why = why;
    GC_gcollect();
    bdw.why = COLLECTION_THRESHOLD;
}

static void bdw_after_fork(unsigned worker)
{
    (void)worker;
    bdw.collections = 0;
}

static inline ref object_new(struct shape shape)
{
    size_t bytes = shape_bytes(shape);
    struct object *object =
        shape.references > 0 ? GC_MALLOC(bytes) : GC_MALLOC_ATOMIC(bytes);
    object->header = header_make(shape, 0);
    return object_ref(object);
}

static inline ref object_new_buffered(uint8_t kind, size_t references)
{
    struct shape shape = {kind, 0, sizeof(struct buffer)};
    struct object *object = GC_MALLOC(shape_bytes(shape)); /* has an address */
    object->header = header_make(shape, HEADER_BUFFERED);
    *object_buffer(object) =
        (struct buffer){GC_MALLOC(references * sizeof(ref)), references};
    return object_ref(object);
}

static void bdw_each_region(region_visitor *visit, void *context)
{
    (void)visit;
    (void)context;
}

static void bdw_counters(number_visitor *visit, void *context)
{
    GC_word heap, free_bytes, since;
    GC_get_heap_usage_safe(&heap, &free_bytes, NULL, &since, NULL);
    visit("heap_in_use_bytes", heap - free_bytes, context);
    visit("handed_out_bytes", since, context);
    visit("collections", bdw.collections, context);
}

const struct collector collector = {
    .name = "bdw",
    .about = "libgc, the conservative mark-sweep collector, itself",
    .stands_for = "libgc (Boehm, Demers, Weiser), itself",
    .metadata = metadata,
    .metadata_count = LENGTH(metadata),
    .options = options,
    .option_count = LENGTH(options),
    .open = bdw_open,
    .close = bdw_close,
    .collect = bdw_collect,
    .before_fork = nothing_before_fork,
    .after_fork = bdw_after_fork,
    .request_begin = nothing_at_request,
    .request_end = nothing_at_request,
    .each_region = bdw_each_region,
    .each_extent = nothing_to_visit,
    .mark_of = nothing_is_marked,
    .is_pinned = nothing_is_pinned,
    .counters = bdw_counters,
    .verify = nothing_to_verify,
};

#include "workloads/all.h"
