/* heap.h: the object space that the non-moving collectors share.
 *
 * Small objects lie in cells, large ones beside them in runs of pages; both
 * spaces are halves of one address range, so that a side table can be indexed
 * by address alone.  The buffers of buffered objects lie in two spaces of their
 * own, in cells and runs without headers.
 *
 * The heap counts what it hands out: when that exceeds the budget, the next
 * allocation that needs a new block or run calls heap_exhausted().  The
 * algorithm defines it and sets the budget (budget.h); at first there is no
 * limit. */
#ifndef HEAP_HEAP_H
#define HEAP_HEAP_H

#include "collectors/collector.h"
#include "heap/cells.h"
#include "heap/large.h"
#include "heap/object.h"
#include "heap/parameter.h"

static int64_t option_reserve = INT64_C(4) << 30;

#define HEAP_OPTION_RESERVE                                                    \
    {                                                                          \
        "reserve", &option_reserve, INT64_C(1) << 24, INT64_C(1) << 40, NULL,  \
            "bytes",                                                           \
            "address space for each of small objects, large objects, and the " \
            "buffers of either"                                                \
    }

static struct {
    struct region objects; /* the range of small and large objects */
    struct region buffers; /* the range of small and large buffers */
    struct cells small;
    struct large large;
    struct cells small_buffers;
    struct large large_buffers;
    size_t handed_out; /* bytes since the last collection */
    size_t budget;     /* bytes to hand out before the next one */
} heap;

static void heap_exhausted(void);

static void heap_open(void)
{
    size_t half = (size_t)option_reserve / REGION_ALIGNED * REGION_ALIGNED;
    region_open(&heap.objects, "objects", REGION_OBJECTS, 2 * half);
    region_part(&heap.small.region, &heap.objects, "cells", 0, half);
    region_part(&heap.large.region, &heap.objects, "large", half, half);
    region_open(&heap.buffers, "buffers", REGION_OBJECTS, 2 * half);
    region_part(&heap.small_buffers.region, &heap.buffers, "buffer-cells", 0,
                half);
    region_part(&heap.large_buffers.region, &heap.buffers, "large-buffers",
                half, half);
    cells_open(&heap.small, "blocks");
    large_open(&heap.large, "runs");
    cells_open(&heap.small_buffers, "buffer-blocks");
    large_open(&heap.large_buffers, "buffer-runs");
    heap.budget = SIZE_MAX;
}

static void heap_close(void)
{
    region_close(&heap.small.table);
    region_close(&heap.large.table);
    region_close(&heap.small_buffers.table);
    region_close(&heap.large_buffers.table);
    region_close(&heap.objects);
    region_close(&heap.buffers);
}

static void heap_each_region(region_visitor *visit, void *context)
{
    visit(&heap.small.region, context);
    visit(&heap.large.region, context);
    visit(&heap.small_buffers.region, context);
    visit(&heap.large_buffers.region, context);
    visit(&heap.small.table, context);
    visit(&heap.large.table, context);
    visit(&heap.small_buffers.table, context);
    visit(&heap.large_buffers.table, context);
}

static __attribute__((noinline)) void *heap_take_slow(struct cells *cells,
                                                      unsigned size_class)
{
    if (heap.handed_out > heap.budget) {
        heap_exhausted();
    }
    void *cell = cells_take(cells, size_class); /* a sweep may have left one */
    if (cell == NULL) {
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

static inline void *heap_take(struct cells *cells, struct large *large,
                              size_t bytes)
{
    if (bytes > CELL_MAX_BYTES) {
        return heap_take_large(large, bytes);
    }
    unsigned size_class = size_class_of(bytes);
    void *cell = cells_take(cells, size_class);
    return __builtin_expect(cell != NULL, 1)
               ? cell
               : heap_take_slow(cells, size_class);
}

#endif
