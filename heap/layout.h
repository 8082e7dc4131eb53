/* layout.h: the shared heap as it lies, counted.
 *
 * The oracle beside every measurement: which pages hold a header, an object, a
 * free cell.  It reads the tables, the chains and the headers, and writes
 * nothing. */
#ifndef HEAP_LAYOUT_H
#define HEAP_LAYOUT_H

#include "heap/heap.h"

/* Counts the distinct pages of spans that come in address order. */
struct page_tally {
    size_t pages;
    uintptr_t next; /* first page that was not counted yet */
};

static void page_tally_add(struct page_tally *tally, const void *start,
                           size_t bytes)
{
    uintptr_t first = (uintptr_t)start / PAGE_BYTES;
    uintptr_t last = ((uintptr_t)start + bytes - 1) / PAGE_BYTES;
    if (first < tally->next) {
        first = tally->next;
    }
    if (first <= last) {
        tally->pages += last - first + 1;
        tally->next = last + 1;
    }
}

struct layout {
    uint64_t objects;
    uint64_t object_bytes;
    uint64_t buffer_bytes;
    uint64_t free_cells;
    struct page_tally object_pages;
    struct page_tally header_pages;
    struct page_tally free_cell_pages;
};

static void layout_add_object(struct layout *layout,
                              const struct object *object)
{
    layout->objects++;
    layout->object_bytes += object_bytes(object);
    if (object->header & HEADER_BUFFERED) {
        layout->buffer_bytes +=
            ((const struct buffer *)object->words)->count * sizeof(ref);
    }
    page_tally_add(&layout->object_pages, object, object_bytes(object));
    page_tally_add(&layout->header_pages, object, HEADER_BYTES);
}

/* A block's chain and fresh offset, whether or not a class has it now. */
static void layout_add_block(struct layout *layout, uint32_t index)
{
    const struct block *block = cells_block(&heap.small, index);
    const struct size_class *class = &heap.small.classes[block->size_class];
    bool current = class->current == index;
    char *start = cells_block_start(&heap.small, index);
    const struct cell *next_free = current ? class->free : block->free;
    const char *fresh = current ? class->fresh : start + block->fresh;
    for (char *cell = start; cell < fresh; cell += block->cell_bytes) {
        if ((const struct cell *)cell == next_free) {
            next_free = next_free->next;
            layout->free_cells++;
            page_tally_add(&layout->free_cell_pages, cell, block->cell_bytes);
        } else {
            layout_add_object(layout, (const struct object *)cell);
        }
    }
}

static struct layout layout_count(void)
{
    struct layout layout = {0};
    for (uint32_t i = 0; i < heap.small.block_count; i++) {
        if (cells_block(&heap.small, i)->cell_bytes != 0) {
            layout_add_block(&layout, i);
        }
    }
    const uint32_t *runs = large_runs(&heap.large);
    for (size_t page = 0; page < heap.large.page_count;) {
        if (runs[page] != 0) {
            layout_add_object(
                &layout, (const struct object *)large_start(&heap.large, page));
        }
        page += runs[page] ? runs[page] : 1;
    }
    return layout;
}

static void layout_visit(number_visitor *visit, void *context)
{
    struct layout layout = layout_count();
    visit("objects", layout.objects, context);
    visit("object_bytes", layout.object_bytes, context);
    visit("buffer_bytes", layout.buffer_bytes, context);
    visit("object_pages", layout.object_pages.pages, context);
    visit("header_pages", layout.header_pages.pages, context);
    visit("free_cells", layout.free_cells, context);
    visit("free_cell_pages", layout.free_cell_pages.pages, context);
}

#endif
