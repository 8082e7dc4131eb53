/* deferred-locals.h: locals and roots that are not counted (Deutsch and Bobrow,
 * 1976): only references in the heap are.
 *
 * An object that nothing in the heap holds, as each is when it is new, goes
 * into the zero-count table; a flag in its header says that it is there.  When
 * so many have come into the table, or so many bytes were handed out, before an
 * allocation the frames are scanned: into a table of what they hold, beside the
 * heap, so that no object is written.  What has a count then leaves the zero-
 * count table; what no frame holds either is freed, and what it alone held; the
 * rest stays in it.
 *
 * Departs from Deutsch and Bobrow: counts are written at once and not in
 * transactions, and counts of one take as much room as others. */
#ifndef HEAP_DEFERRED_LOCALS_H
#define HEAP_DEFERRED_LOCALS_H

#include "heap/address-list.h"
#include "heap/counted-heap.h"
#include "heap/uncounted.h"

#define DEFERRED_METADATA                                                      \
    {"zero-count-flag", "header", 1, 0,                                        \
     "when the object enters or leaves the zero-count table"},                 \
        {"zero-count-table", "side", 64, 0,                                    \
         "an entry for each object that nothing in the heap holds"},           \
    {                                                                          \
        "frame-table", "side", 64, 0,                                          \
            "an entry for each object that a frame holds, when the frames "    \
            "are scanned"                                                      \
    }

static int64_t option_zero_count_table = 4096;

#define DEFERRED_OPTIONS                                                       \
    {                                                                          \
        "zero-count-table", &option_zero_count_table, 1, INT64_C(1) << 30,     \
            NULL, "objects",                                                   \
            "that come into the zero-count table before the frames are "       \
            "scanned"                                                          \
    }

/* Whether a count tells of the frames, too. */
enum { LOCALS_ARE_COUNTED = false };

/* Large garbage does not wait for the table to fill. */
#define DEFERRED_MOST_BYTES ((size_t)1 << 20)

static struct {
    struct address_list zero; /* objects without a count */
    const uintptr_t *full;    /* the entry with which the table is full */
    uintptr_t *settled;       /* end of the table after the last time */
    struct region frames;     /* open addressing; 0: empty */
    size_t frames_mask;       /* number of slots - 1 */
    uint64_t reconciliations;
} deferred;

/* Where an object is among those that frames hold, or would be. */
static inline uintptr_t *deferred_slot(const struct object *object)
{
    uintptr_t *slots = (uintptr_t *)deferred.frames.start;
    size_t slot =
        (uintptr_t)object / OBJECT_GRANULE * UINT64_C(0x9e3779b97f4a7c15) >> 32;
    while (slots[slot & deferred.frames_mask] != 0 &&
           slots[slot & deferred.frames_mask] != (uintptr_t)object) {
        slot++;
    }
    return &slots[slot & deferred.frames_mask];
}

static void deferred_scan_frames(void)
{
    size_t count = 0;
    const struct frame *frame;
    for (frame = frame_top; frame; frame = frame->caller) {
        count += frame->count;
    }
    deferred.frames_mask = 63;
    while (deferred.frames_mask < 2 * count) {
        deferred.frames_mask = 2 * deferred.frames_mask + 1;
    }
    size_t bytes = (deferred.frames_mask + 1) * sizeof(uintptr_t);
    region_commit(&deferred.frames, bytes);
    memset(deferred.frames.start, 0, bytes);
    for (frame = frame_top; frame; frame = frame->caller) {
        for (size_t i = 0; i < frame->count; i++) {
            const struct object *held = ref_object(frame->roots[i].reference);
            if (held != NULL) {
                *deferred_slot(held) = (uintptr_t)held;
            }
        }
    }
}

static inline bool deferred_in_frame(const struct object *object)
{
    return *deferred_slot(object) != 0;
}

static inline void deferred_enter(struct object *object)
{
    if (!(object->header & HEADER_ZERO_COUNT)) {
        object->header |= HEADER_ZERO_COUNT;
        address_list_add(&deferred.zero, (uintptr_t)object);
    }
}

/* Nothing in the heap holds the object any more. */
static inline void object_lost(struct object *object)
{
    deferred_enter(object);
}

/* The same while another is freed: it is freed next, or its entry is still to
 * be looked at, or a frame holds it. */
static inline void object_lost_too(struct object *object)
{
    if (object->header & HEADER_ZERO_COUNT) {
        return;
    }
    if (deferred_in_frame(object)) {
        deferred_enter(object);
    } else {
        mark_stack_push(object);
    }
}

/* Frees what neither the heap nor a frame holds. */
static __attribute__((noinline)) void locals_reconcile(void)
{
    deferred_scan_frames();
    uintptr_t *kept = address_list_start(&deferred.zero);
    for (uintptr_t *entry = kept; entry < deferred.zero.end; entry++) {
        struct object *object = (struct object *)*entry;
        bool is_counted = count_load(object) != 0;
        if (!is_counted && deferred_in_frame(object)) {
            *kept++ = (uintptr_t)object;
            continue;
        }
        object->header &= ~(uint64_t)HEADER_ZERO_COUNT;
        if (!is_counted) {
            object_free(object);
        }
    }
    deferred.full = kept + option_zero_count_table;
    if (deferred.zero.end > deferred.full) { /* cyclic garbage came at once */
        size_t used =
            (size_t)((const char *)deferred.full - deferred.zero.region.start);
        region_discard(&deferred.zero.region,
                       (used + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES);
    }
    deferred.zero.end = deferred.settled = kept;
    heap.budget = heap.handed_out + DEFERRED_MOST_BYTES;
    deferred.reconciliations++;
}

/* Before a fork, unless nothing has entered the table since the last time: the
 * table and the frames are inherited pages, and the template writes them once.
 */
static void locals_before_fork(void)
{
    if (deferred.zero.end != deferred.settled) {
        locals_reconcile();
    }
}

/* So many bytes were handed out. */
static void heap_exhausted(void)
{
    locals_reconcile();
}

/* Called before an object is made. */
static inline void locals_account(void)
{
    if (__builtin_expect(deferred.zero.end >= deferred.full, 0)) {
        locals_reconcile();
    }
}

/* A new object: nothing holds it. */
static inline void locals_new(struct object *object)
{
    deferred_enter(object);
}

static inline void locals_open(void)
{
    size_t most = heap.objects.reserved / OBJECT_GRANULE;
    address_list_open(&deferred.zero, "zero-count-table", "zero-count-table",
                      most);
    region_open(&deferred.frames, "frame-table", "frame-table",
                most * sizeof(uintptr_t));
    deferred.full =
        address_list_start(&deferred.zero) + option_zero_count_table;
    heap.budget = DEFERRED_MOST_BYTES;
    deferred.settled = NULL;
}

static inline void locals_close(void)
{
    region_close(&deferred.zero.region);
    region_close(&deferred.frames);
}

static inline void locals_after_fork(void)
{
    deferred.reconciliations = 0;
}

static inline void locals_each_region(region_visitor *visit, void *context)
{
    visit(&deferred.zero.region, context);
    visit(&deferred.frames, context);
}

static inline void locals_counters(number_visitor *visit, void *context)
{
    visit("reconciliations", deferred.reconciliations, context);
    visit("zero_count_objects",
          (uint64_t)(deferred.zero.end - address_list_start(&deferred.zero)),
          context);
}

#endif
