/* verify.h: the shared heap checked after a full collection.
 *
 * Then every object that was not swept is live, so each of its references must
 * be null or name an object that was not swept either, in a cell or at the
 * start of a run. */
#ifndef HEAP_VERIFY_H
#define HEAP_VERIFY_H

#include "heap/heap.h"

#include <stdio.h>
#include <stdlib.h>

struct verifier {
    unsigned char *live; /* a byte for each granule of the cells */
    char message[160];
};

static struct verifier verifier;

static const char *verify_reference(const struct object *from, ref reference)
{
    const char *address = (const char *)reference.bits;
    bool good = false;
    if (address == NULL) {
        good = true;
    } else if (region_holds(&heap.small.region, address)) {
        size_t offset = (size_t)(address - heap.small.region.start);
        good = offset % OBJECT_GRANULE == 0 &&
               offset < heap.small.block_count * BLOCK_BYTES &&
               verifier.live[offset / OBJECT_GRANULE];
    } else if (region_holds(&heap.large.region, address)) {
        size_t page = large_page_of(&heap.large, address);
        good = page < heap.large.page_count &&
               large_start(&heap.large, page) == address &&
               large_runs(&heap.large)[page] != 0;
    }
    if (good) {
        return NULL;
    }
    snprintf(verifier.message, sizeof verifier.message,
             "object %p (kind %u) refers to %p, which is no live object",
             (const void *)from, (unsigned)(from->header >> 8 & 255),
             (const void *)address);
    return verifier.message;
}

static const char *verify_object(struct object *object)
{
    size_t count;
    const ref *references = object_references(object, &count);
    const char *wrong = NULL;
    for (size_t i = 0; i < count && wrong == NULL; i++) {
        wrong = verify_reference(object, references[i]);
    }
    return wrong;
}

/* Calls `visit` for every object in a cell, until it answers. */
static const char *verify_cells(const char *(*visit)(struct object *object))
{
    const char *wrong = NULL;
    for (uint32_t i = 0; i < heap.small.block_count; i++) {
        const struct block *block = cells_block(&heap.small, i);
        char *start = cells_block_start(&heap.small, i);
        const struct cell *next_free = block->free;
        for (char *cell = start;
             block->cell_bytes != 0 && cell < start + block->fresh;
             cell += block->cell_bytes) {
            if ((const struct cell *)cell == next_free) {
                next_free = next_free->next;
            } else if ((wrong = visit((struct object *)cell)) != NULL) {
                return wrong;
            }
        }
    }
    return wrong;
}

static const char *verify_note_live(struct object *object)
{
    size_t offset = (size_t)((char *)object - heap.small.region.start);
    verifier.live[offset / OBJECT_GRANULE] = 1;
    return NULL;
}

/* To be called when no class has a current block: right after a sweep. */
static const char *heap_verify(void)
{
    verifier.live =
        calloc(heap.small.block_count + 1, BLOCK_BYTES / OBJECT_GRANULE);
    if (verifier.live == NULL) {
        return "no memory to verify in";
    }
    verify_cells(verify_note_live);
    const char *wrong = verify_cells(verify_object);
    const uint32_t *runs = large_runs(&heap.large);
    for (size_t page = 0; page < heap.large.page_count && wrong == NULL;) {
        if (runs[page] != 0) {
            wrong =
                verify_object((struct object *)large_start(&heap.large, page));
        }
        page += runs[page] ? runs[page] : 1;
    }
    free(verifier.live);
    return wrong;
}

#endif
