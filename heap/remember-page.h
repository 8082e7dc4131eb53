/* remember-page.h: the pages of old memory that were written since they were
 * armed, told by the kernel (watch.h): no instruction at a store.
 *
 * When nothing is young, units of old memory that are full are armed.  Where
 * the next object of some kind goes stays open, and counts as written: the unit
 * of the bump pointer, the blocks that size classes allocate in, runs that are
 * free.  A full collection disarms everything first.
 *
 * With remember = exclusive nothing can be noticed before the fork: the
 * template's objects are all old from birth, and a worker opens the nursery. */
#ifndef HEAP_REMEMBER_PAGE_H
#define HEAP_REMEMBER_PAGE_H

#include "heap/nursery.h"
#include "heap/old-slots.h"
#include "heap/refused.h"
#include "heap/watch-exclusive.h"
#include "heap/watch-mprotect.h"
#include "heap/watch-soft-dirty.h"
#include "heap/watch-userfaultfd.h"
#include "heap/watch-written.h"

#define REMEMBERED_METADATA                                                    \
    {"unit-written", "side", 8, PAGE_BYTES,                                    \
     "by the first store to a unit and when it is armed, with remember = "     \
     "mprotect, userfaultfd and soft-dirty"},                                  \
        OLD_SLOTS_METADATA

enum {
    REMEMBER_MPROTECT,
    REMEMBER_USERFAULTFD,
    REMEMBER_WRITTEN,
    REMEMBER_SOFT_DIRTY,
    REMEMBER_EXCLUSIVE,
};

static int64_t option_remember = REMEMBER_MPROTECT;

#define REMEMBERED_OPTIONS                                                     \
    {"remember",                                                               \
     &option_remember,                                                         \
     0,                                                                        \
     4,                                                                        \
     "mprotect|userfaultfd|written|soft-dirty|exclusive",                      \
     NULL,                                                                     \
     "how written pages are told: SIGSEGV, a thread that userfaultfd "         \
     "tells, PAGEMAP_SCAN, the soft-dirty bit, or that no other process has "  \
     "them"},                                                                  \
        WATCH_UNIT_OPTION,

/* The two copying spaces, large objects, small and large buffers. */
#define WATCHED_RANGES 5

static struct {
    const struct watch *watch;
    const struct region *ranges[WATCHED_RANGES];
    const char *start, *end; /* the stretch that is being scanned */
    stretch_visitor *visit;  /* of its slots */
    uint64_t scanned;        /* pages */
} pages;

static inline void remember_stored(struct object *object, const ref *slot)
{
    (void)object;
    (void)slot;
}

static inline unsigned remembered_flags(void)
{
    return 0;
}

/* Its references were cleared, so its pages are written. */
static inline void remembered_made(struct object *object)
{
    (void)object;
}

static inline void remembered_placed(const void *place, size_t bytes)
{
    old_slots_placed(place, bytes);
}

/* What is told may reach beyond the stretch. */
static void pages_visit_written(const char *start, const char *end)
{
    start = start < pages.start ? pages.start : start;
    end = end > pages.end ? pages.end : end;
    pages.scanned +=
        (size_t)(end - start + (ptrdiff_t)PAGE_BYTES - 1) / PAGE_BYTES;
    pages.visit(start, end);
}

static inline uintptr_t round_down(const char *address, size_t bytes)
{
    return (uintptr_t)address / bytes * bytes;
}

static void pages_scan(char *start, char *end, stretch_visitor *visit)
{
    if (start < end) {
        pages.start = start;
        pages.end = end;
        pages.visit = visit;
        pages.watch->each_written(
            (char *)round_down(start, PAGE_BYTES),
            (char *)round_down(end + PAGE_BYTES - 1, PAGE_BYTES),
            pages_visit_written);
    }
}

static inline void remembered_trace(void)
{
    if (!young_is_empty()) {
        old_slots_each(pages_scan);
    }
}

/* Arms the units that lie whole between the two. */
static void pages_arm(const struct region *range, const char *start,
                      const char *end)
{
    size_t bytes = (size_t)1 << watch_unit_shift();
    size_t first = (size_t)(start - range->start) + bytes - 1;
    size_t last = (size_t)(end - range->start);
    if (first / bytes < last / bytes) {
        pages.watch->arm(range->start + first / bytes * bytes,
                         range->start + last / bytes * bytes);
    }
}

static bool block_is_full(const struct cells *cells, uint32_t index)
{
    const struct block *block = cells_block(cells, index);
    return block->cell_bytes != 0 &&
           cells->classes[block->size_class].current != index;
}

static void pages_arm_blocks(const struct cells *cells)
{
    for (uint32_t i = 0; i < cells->block_count; i++) {
        uint32_t first = i;
        while (i < cells->block_count && block_is_full(cells, i)) {
            i++;
        }
        pages_arm(&cells->region, cells_block_start(cells, first),
                  cells_block_start(cells, i));
    }
}

static void pages_arm_runs(const struct large *large)
{
    size_t first = 0;
    for (size_t page = 0; page < large->page_count;) {
        uint32_t run = large_pages(large, page);
        if (run == 0) {
            pages_arm(&large->region, large_start(large, first),
                      large_start(large, page));
            first = ++page;
        }
        page += run;
    }
    pages_arm(&large->region, large_start(large, first),
              large_start(large, large->page_count));
}

static inline void remembered_renew(void)
{
    const struct copy_space *space = &semispace.active;
    pages_arm(&space->region, space->first, space->next);
    pages_arm_runs(&heap.large);
    pages_arm_blocks(&heap.small_buffers);
    pages_arm_runs(&heap.large_buffers);
}

static inline void remembered_before_full(void)
{
    for (size_t i = 0; i < WATCHED_RANGES; i++) {
        const struct region *range = pages.ranges[i];
        if (range->committed > 0) {
            pages.watch->disarm(range->start, range->start + range->committed);
        }
    }
}

static inline void remembered_open(void)
{
    static const struct watch *const watches[] = {
        &watch_mprotect, &watch_userfaultfd, &watch_written, &watch_soft_dirty,
        &watch_exclusive};
    pages.watch = watches[option_remember];
    pages.ranges[0] = &semispace.active.region;
    pages.ranges[1] = &semispace.other.region;
    pages.ranges[2] = &heap.large.region;
    pages.ranges[3] = &heap.small_buffers.region;
    pages.ranges[4] = &heap.large_buffers.region;
    const char *why = pages.watch->refused();
    if (why != NULL) {
        option_refused("remember", pages.watch->name, why);
    }
    if (option_remember == REMEMBER_EXCLUSIVE &&
        option_fork_in == FORK_IN_MINOR) {
        option_refused("fork-in", "minor",
                       "with remember=exclusive a worker that forks would "
                       "forget what it has stored");
    }
    pages.watch->open(pages.ranges, WATCHED_RANGES);
    pages.scanned = unit_table.traps = 0;
    old_slots_open(OBJECT_STARTS_MOST_LOG2);
    if (option_remember == REMEMBER_EXCLUSIVE) {
        nursery_shut();
    }
}

static inline void remembered_close(void)
{
    pages.watch->close();
    old_slots_close();
}

static inline void remembered_each_region(region_visitor *visit, void *context)
{
    if (unit_table_is_open()) {
        visit(&unit_table.region, context);
    }
    old_slots_each_region(visit, context);
}

/* What the template had noticed of pages with references to young objects may
 * be lost: then everything counts as written until the first collection. */
static inline void remembered_after_fork(void)
{
    pages.watch->open(pages.ranges, WATCHED_RANGES);
    pages.scanned = old_slots.scanned = unit_table.traps = 0;
    protection.most_cuts = protection.cuts;
    if (option_remember == REMEMBER_EXCLUSIVE) {
        nursery_unshut();
    } else if (young_is_empty()) {
        remembered_renew();
    }
}

static inline void remembered_counters(number_visitor *visit, void *context)
{
    visit("barrier_traps", unit_table.traps, context);
    visit("mapping_cuts_most", (uint64_t)protection.most_cuts, context);
    visit("scanned_pages", pages.scanned, context);
    visit("scanned_slots", old_slots.scanned, context);
}

#endif
