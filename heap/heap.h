/* heap.h: the object space that the non-moving collectors share.
 *
 * Small objects lie in cells, large ones beside them in runs of pages; both
 * spaces are halves of one address range, so that a side table can be indexed
 * by address alone.  The buffers of buffered objects lie in two spaces of their
 * own, in cells and runs without headers.
 *
 * The heap counts what it hands out: when that exceeds the budget, the next
 * allocation that needs another block or run calls heap_exhausted().  The
 * algorithm defines it and sets the budget (budget.h); at first there is no
 * limit.  An allocation that finds no cell at hand asks heap_sweep_for() before
 * it takes another block: a lazy sweep goes on there. */
#ifndef HEAP_HEAP_H
#define HEAP_HEAP_H

#include "collectors/collector.h"
#include "heap/free-space.h"
#include "heap/large.h"
#include "heap/object.h"
#include "heap/parameter.h"

enum { AFTER_FORK_REUSE, AFTER_FORK_FRESH };

static int64_t option_reserve = RESERVE_DEFAULT;
static int64_t option_after_fork = AFTER_FORK_REUSE;

#define HEAP_OPTION_AFTER_FORK                                                 \
    {                                                                          \
        "after-fork", &option_after_fork, 0, 1, "reuse|fresh", NULL,           \
            "where a worker allocates: in inherited free space too, or only "  \
            "on pages that it did not inherit"                                 \
    }

/* The options of every collector on this heap. */
#define HEAP_OPTIONS                                                           \
    {"reserve",                                                                \
     &option_reserve,                                                          \
     INT64_C(1) << 24,                                                         \
     INT64_C(1) << 40,                                                         \
     NULL,                                                                     \
     "bytes",                                                                  \
     "address space for each of small objects, large objects, and the "        \
     "buffers of either"},                                                     \
        CELLS_OPTION_BLOCK, HEAP_OPTION_AFTER_FORK

static struct {
    struct region objects; /* the range of small and large objects */
    struct region buffers; /* the range of small and large buffers */
    struct cells small;
    struct large large;
    struct cells small_buffers;
    struct large large_buffers;
    size_t cell_most;  /* bytes of the largest piece in a cell */
    size_t handed_out; /* bytes since the last collection */
    size_t budget;     /* bytes to hand out before the next one */
} heap;

static void heap_exhausted(void);

/* Sweeps on until the class has room; false: there was nothing to sweep. */
static bool heap_sweep_for(struct cells *cells, unsigned size_class);

/* The spaces of buffers alone, for collectors whose objects lie elsewhere. */
static inline void heap_open_buffers(void)
{
    size_t half = (size_t)option_reserve / REGION_ALIGNED * REGION_ALIGNED;
    region_open(&heap.buffers, "buffers", REGION_OBJECTS, 2 * half);
    region_part(&heap.small_buffers.region, &heap.buffers, "buffer-cells", 0,
                half);
    region_part(&heap.large_buffers.region, &heap.buffers, "large-buffers",
                half, half);
    cells_open(&heap.small_buffers, "buffer-blocks");
    large_open(&heap.large_buffers, "buffer-runs");
    free_space_open(&heap.small_buffers, "buffer-free-bits");
    heap.cell_most = cells_most_bytes(&heap.small_buffers);
    heap.budget = SIZE_MAX;
}

static inline void heap_open(void)
{
    size_t half = (size_t)option_reserve / REGION_ALIGNED * REGION_ALIGNED;
    region_open(&heap.objects, "objects", REGION_OBJECTS, 2 * half);
    region_part(&heap.small.region, &heap.objects, "cells", 0, half);
    region_part(&heap.large.region, &heap.objects, "large", half, half);
    cells_open(&heap.small, "blocks");
    large_open(&heap.large, "runs");
    free_space_open(&heap.small, "free-bits");
    heap_open_buffers();
}

static inline void heap_each_region_of_buffers(region_visitor *visit,
                                               void *context)
{
    visit(&heap.small_buffers.region, context);
    visit(&heap.large_buffers.region, context);
    visit(&heap.small_buffers.table, context);
    visit(&heap.large_buffers.table, context);
    if (option_free != FREE_LIST) {
        visit(&heap.small_buffers.free_bits, context);
    }
}

static inline void heap_each_region(region_visitor *visit, void *context)
{
    visit(&heap.small.region, context);
    visit(&heap.large.region, context);
    visit(&heap.small.table, context);
    visit(&heap.large.table, context);
    if (option_free != FREE_LIST) {
        visit(&heap.small.free_bits, context);
    }
    heap_each_region_of_buffers(visit, context);
}

static inline void heap_close_buffers(void)
{
    region_close(&heap.small_buffers.table);
    region_close(&heap.large_buffers.table);
    if (option_free != FREE_LIST) {
        region_close(&heap.small_buffers.free_bits);
    }
    region_close(&heap.buffers);
}

static inline void heap_close(void)
{
    region_close(&heap.small.table);
    region_close(&heap.large.table);
    if (option_free != FREE_LIST) {
        region_close(&heap.small.free_bits);
    }
    region_close(&heap.objects);
    heap_close_buffers();
}

static inline void heap_seal_buffers(void)
{
    cells_seal(&heap.small_buffers);
    large_seal(&heap.large_buffers);
}

/* Nothing that is mapped now is allocated in from here on. */
static inline void heap_seal(void)
{
    cells_seal(&heap.small);
    large_seal(&heap.large);
    heap_seal_buffers();
}

/* What every worker does first. */
static inline void heap_after_fork(void)
{
    if (option_after_fork == AFTER_FORK_FRESH) {
        heap_seal();
    }
}

static __attribute__((noinline)) void *heap_take_slow(struct cells *cells,
                                                      unsigned size_class)
{
    if (heap.handed_out > heap.budget) {
        heap_exhausted();
    }
    void *cell = cells_take(cells, size_class); /* a sweep may have left one */
    while (cell == NULL) {
        if (cells->classes[size_class].available == BLOCK_NONE) {
            heap_sweep_for(cells, size_class);
        }
        heap.handed_out += cells_refill(cells, size_class);
        cell = cells_take(cells, size_class);
    }
    return cell;
}

static __attribute__((noinline)) void *heap_take_large(struct large *large,
                                                       size_t bytes)
{
    if (heap.handed_out > heap.budget) {
        heap_exhausted();
    }
    heap.handed_out += bytes;
    return large_take(large, bytes);
}

static inline void *heap_take_kind(struct cells *cells, struct large *large,
                                   unsigned kind, size_t bytes)
{
    if (bytes > CELL_MAX_BYTES || __builtin_expect(bytes > heap.cell_most, 0)) {
        return heap_take_large(large, bytes);
    }
    unsigned size_class = size_class_of(bytes) + kind * SIZE_CLASS_COUNT;
    void *cell = cells_take(cells, size_class);
    return __builtin_expect(cell != NULL, 1)
               ? cell
               : heap_take_slow(cells, size_class);
}

static inline void *heap_take(struct cells *cells, struct large *large,
                              size_t bytes)
{
    return heap_take_kind(cells, large, 0, bytes);
}

/* The bytes that a cell, or a run of pages, has for so many. */
static inline size_t heap_room(size_t bytes)
{
    return bytes > heap.cell_most
               ? (bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES
               : size_class_bytes(size_class_of(bytes));
}

/* Whether what a buffer has beyond its references is cleared, too. */
static bool heap_clears_rooms;

/* Memory for so many references, all null; NULL for none.  It belongs to nobody
 * until an object has it, so a collection does not free it. */
static inline ref *heap_take_buffer(size_t references)
{
    size_t bytes = references * sizeof(ref);
    if (references == 0) {
        return NULL;
    }
    ref *items = heap_take(&heap.small_buffers, &heap.large_buffers, bytes);
    if (option_zero == ZERO_ALLOCATION) {
        memset(items, 0, heap_clears_rooms ? heap_room(bytes) : bytes);
    }
    items[0] = REF_NULL; /* was a free cell's link */
    return items;
}

/* Frees a run of pages. */
static inline void heap_release_large(struct large *large, void *address)
{
    if (option_zero == ZERO_SWEEP) {
        size_t page = large_page_of(large, address);
        memset(address, 0, large_pages(large, page) * PAGE_BYTES);
    }
    large_release(large, address);
}

/* Frees the buffer of an object that dies, if it has one. */
static inline void heap_release_buffer(struct object *object)
{
    if (!(object->header & HEADER_BUFFERED)) {
        return;
    }
    const struct buffer *buffer = object_buffer(object);
    if (buffer->items == NULL) {
        return;
    }
    if (region_holds(&heap.large_buffers.region, buffer->items)) {
        heap_release_large(&heap.large_buffers, buffer->items);
    } else {
        cells_release(&heap.small_buffers, buffer->items);
    }
}

#endif
