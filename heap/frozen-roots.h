/* frozen-roots.h: the frozen objects that refer to new ones, a part of
 * freeze.h: what marking begins from beside the frames. */
#ifndef HEAP_FROZEN_ROOTS_H
#define HEAP_FROZEN_ROOTS_H

#include "heap/direct.h"
#include "heap/mark-stack.h"
#include "heap/private-pages.h"

/* Returns the references of a frozen object to new ones. */
static uint64_t frozen_leads_out(struct object *object)
{
    size_t count;
    uint64_t found = 0;
    const ref *slots = object_references(object, &count);
    for (size_t i = 0; i < count; i++) {
        const struct object *target = ref_object(slots[i]);
        found += target != NULL && !is_frozen(target);
    }
    return found;
}

static void frozen_consider(struct object *object)
{
    uint64_t found = frozen_leads_out(object);
    if (found > 0) {
        mark_stack_push(object);
        frozen.roots++;
        frozen.references += found;
    }
}

/* A card stays dirty as long as one of its objects leads out. */
static void frozen_scan_card(size_t card)
{
    uint64_t before = frozen.roots;
    side_bits_each(&frozen.starts, card_start(card), card_start(card + 1),
                   frozen_consider);
    if (frozen.roots != before) {
        card_mark(card_start(card));
    }
}

static void frozen_scan_cards(const char *start, const char *end)
{
    if (start < end) {
        cards_clean(card_of(start), card_of(end - 1) + 1, frozen_scan_card);
    }
}

static void frozen_roots_by_cards(void)
{
    frozen_scan_cards(heap.small.region.start, frozen.small_end);
    frozen_scan_cards(heap.large.region.start, frozen.large_end);
}

/* Objects that are remembered, or have a buffer, are looked at elsewhere. */
static void frozen_consider_private(struct object *object)
{
    if (!(object->header & HEADER_BUFFERED) &&
        !side_bit(&frozen.remembered, object)) {
        frozen_consider(object);
    }
}

/* The objects on the private pages of a block. */
static void frozen_scan_block(uint32_t index)
{
    const struct block *block = cells_block(&heap.small, index);
    char *start = cells_block_start(&heap.small, index);
    uint32_t next = 0; /* offset of the first cell not looked at */
    for (uint32_t page = 0; page < block->fresh; page += PAGE_BYTES) {
        if (!page_is_private(start + page)) {
            continue;
        }
        uint32_t cell = page / block->cell_bytes * block->cell_bytes;
        for (cell = cell < next ? next : cell;
             cell < page + PAGE_BYTES && cell < block->fresh;
             cell += block->cell_bytes) {
            if (side_bit(&frozen.starts, start + cell)) {
                frozen_consider_private((struct object *)(start + cell));
            }
        }
        next = cell;
    }
}

static bool any_page_is_private(const void *start, size_t bytes)
{
    uintptr_t page = (uintptr_t)start / PAGE_BYTES * PAGE_BYTES;
    for (; page < (uintptr_t)start + bytes; page += PAGE_BYTES) {
        if (page_is_private((const void *)page)) {
            return true;
        }
    }
    return false;
}

static void frozen_scan_large(void)
{
    size_t end = large_page_of(&heap.large, frozen.large_end);
    for (size_t page = 0; page < end;) {
        uint32_t pages = large_pages(&heap.large, page);
        if (pages != 0) {
            struct object *object =
                (struct object *)large_start(&heap.large, page);
            if (any_page_is_private(object, object_bytes(object))) {
                frozen_consider_private(object);
            }
        }
        page += pages ? pages : 1;
    }
}

/* Objects whose references are in a buffer; their own pages may be clean. */
static void frozen_scan_buffered(void)
{
    const uintptr_t *entry = address_list_start(&frozen.buffered);
    for (; entry < frozen.buffered.end; entry++) {
        struct object *object = (struct object *)*entry;
        const struct buffer *buffer = object_buffer(object);
        if (!side_bit(&frozen.remembered, object) &&
            any_page_is_private(buffer->items, buffer->count * sizeof(ref))) {
            frozen_consider(object);
        }
    }
}

/* What was stored since the fork is on private pages; what was stored between
 * the freezing and the fork was remembered before the fork. */
static void frozen_roots_by_pages(void)
{
    uint32_t end = cells_block_of(&heap.small, frozen.small_end);
    pagemap_begin();
    for (uint32_t i = 0; i < end; i++) {
        if (cells_block(&heap.small, i)->cell_bytes != 0) {
            frozen_scan_block(i);
        }
    }
    frozen_scan_large();
    frozen_scan_buffered();
    pagemap_end();
    side_bits_each(&frozen.remembered, heap.small.region.start,
                   frozen.small_end, frozen_consider);
    side_bits_each(&frozen.remembered, heap.large.region.start,
                   frozen.large_end, frozen_consider);
}

/* Before a fork, after which private pages are shared again. */
static void frozen_remember(void)
{
    frozen_roots_by_pages();
    while (!mark_stack_is_empty()) {
        side_bit_test_and_set(&frozen.remembered, mark_stack_pop());
    }
    mark_stack_release();
}

#endif
