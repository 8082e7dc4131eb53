/* warmup: sticky-side, and what is done before the fork, step by step.
 *
 * Stands for Process.warmup of Ruby 3.3 and for nakayoshi_fork, its forerunner:
 * collect (the gem: several times, until all is old), promote what survives,
 * compact, give free memory back.  Each is a step of its own, so that it can be
 * seen which one helps.  Departs from it: no cache of the interpreter's is
 * filled.  Differs from sticky-side in the last two steps alone. */
#include "heap/mark-side.h"

#include "heap/age-side.h"
#include "heap/drop.h"
#include "heap/sticky.h"
#include "heap/two-finger.h"

/* Compaction is for the template alone: no row for what it writes. */
static const struct metadata metadata[] = {
    STICKY_METADATA,
};

static const struct parameter options[] = {
    STICKY_OPTIONS,
    TWO_FINGER_OPTIONS,
};

static inline void carry_bit(const struct region *bits,
                             const struct object *from, const struct object *to)
{
    if (side_bit_test_and_clear(bits, from)) {
        side_bit_test_and_set(bits, to);
    }
}

static inline void two_finger_carry(const struct object *from,
                                    const struct object *to)
{
    carry_bit(&ages[0], from, to);
    carry_bit(&ages[1], from, to);
    carry_bit(&sticky.old, from, to);
    carry_bit(&sticky.remembered_flags, from, to);
}

static void two_finger_update_more(void)
{
    uintptr_t *entry = address_list_start(&sticky.remembered);
    for (; entry < sticky.remembered.end; entry++) {
        const struct object *object = (const struct object *)*entry;
        if (object->header & HEADER_FORWARDED) {
            *entry = (uintptr_t)object_forwarded(object);
        }
    }
}

static void warmup_prepare_compact(void)
{
    sticky_collect(COLLECTION_FULL, COLLECTION_ASKED);
    sweep_finish();
    two_finger_compact();
}

static void warmup_prepare_drop(void)
{
    sweep_finish();
    drop();
}

static const struct prepare_step prepare[] = {
    STICKY_PREPARE,
    {"compact", "a full collection, and a compaction", warmup_prepare_compact},
    {"drop", "free memory is given back to the kernel", warmup_prepare_drop},
};

static void warmup_counters(number_visitor *visit, void *context)
{
    sticky_counters(visit, context);
    two_finger_counters(visit, context);
    visit("dropped_bytes", dropped_bytes, context);
}

const struct collector collector = {
    .name = "warmup",
    .about = "sticky-side, compacted and trimmed before the fork",
    .stands_for = "Ruby 3.3 Process.warmup, nakayoshi_fork",
    COLLECTOR_DATA,
    .open = sticky_open,
    .close = sticky_close,
    .collect = sticky_collect,
    .before_fork = sticky_before_fork,
    .after_fork = sticky_after_fork,
    .request_begin = nothing_at_request,
    .request_end = nothing_at_request,
    .each_region = sticky_each_region,
    .each_extent = swept_each_extent,
    .mark_of = mark_of,
    .is_pinned = two_finger_pins,
    .counters = warmup_counters,
    .verify = heap_verify,
};

#include "workloads/all.h"
