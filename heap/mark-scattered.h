/* mark-scattered.h: a bitmap for each block, from malloc.
 *
 * Ruby since 2.0 keeps what it knows of a 64 KiB page of objects in a `struct
 * heap_page` that is allocated when the page is, between whatever else the
 * program allocates at that time.  Malloc is here the space of the buffers, so
 * a descriptor lies among buffers of its size; the bitmap is its first part and
 * the rest stands for Ruby's seven others and its fields, which a marking does
 * not write.  A table has the address of each block's descriptor. */
#ifndef HEAP_MARK_SCATTERED_H
#define HEAP_MARK_SCATTERED_H

#include "heap/heap.h"

static int64_t option_descriptor = 2048;

#define MARK_OPTIONS                                                           \
    {"descriptor",                                                             \
     &option_descriptor,                                                       \
     512,                                                                      \
     8192,                                                                     \
     NULL,                                                                     \
     "bytes",                                                                  \
     "size of what is known of a block, in the space of the buffers; its "     \
     "bitmap is in it"},

#define MARK_METADATA                                                          \
    {"mark", "side", 1, OBJECT_GRANULE,                                        \
     "in a descriptor for each block among the buffers: cleared when a "       \
     "collection begins, set by the marking"},                                 \
        {"mark", "side", 1, 0, "of large objects, in their run's number"},     \
    {                                                                          \
        "descriptor", "side", 64, BLOCK_MOST_BYTES,                            \
            "the descriptor's address, when a block is handed out"             \
    }

enum { MARK_CLEARED_BY_SWEEP = false };

static struct region descriptors; /* of the bitmaps' addresses, one a block */

static inline unsigned char **mark_bitmap(uint32_t block)
{
    return (unsigned char **)descriptors.start + block;
}

static size_t mark_bitmap_bytes(void)
{
    return heap.small.block_bytes / OBJECT_GRANULE / 8;
}

/* The descriptor of a block that is handed out for the first time. */
static void mark_describe_block(uint32_t block)
{
    unsigned size_class = size_class_of((size_t)option_descriptor);
    void *descriptor = cells_take(&heap.small_buffers, size_class);
    while (descriptor == NULL) {
        heap.handed_out += cells_refill(&heap.small_buffers, size_class);
        descriptor = cells_take(&heap.small_buffers, size_class);
    }
    region_commit(&descriptors, (block + 1) * sizeof(unsigned char *));
    *mark_bitmap(block) = descriptor;
    memset(descriptor, 0, mark_bitmap_bytes());
}

static void mark_open(void)
{
    region_open(&descriptors, "descriptors", "descriptor",
                heap.small.region.reserved / heap.small.block_bytes *
                    sizeof(unsigned char *));
    heap.small.on_new_block = mark_describe_block;
}

static void mark_close(void)
{
    region_close(&descriptors);
}

static void mark_each_region(region_visitor *visit, void *context)
{
    visit(&descriptors, context);
}

static void mark_each_extent(extent_visitor *visit, void *context)
{
    for (uint32_t i = 0; i < heap.small.block_count; i++) {
        visit(*mark_bitmap(i), mark_bitmap_bytes(), "mark", context);
    }
}

static inline unsigned mark_of_new(void)
{
    return 0;
}

static void mark_begin(void)
{
    for (uint32_t i = 0; i < heap.small.block_count; i++) {
        memset(*mark_bitmap(i), 0, mark_bitmap_bytes());
    }
    large_clear_marks(&heap.large);
}

static void mark_end(void) {}

static inline unsigned char *mark_byte(const struct object *object,
                                       unsigned char *bit)
{
    size_t granule = (size_t)((const char *)object - heap.small.region.start) /
                     OBJECT_GRANULE;
    size_t granules = heap.small.block_bytes / OBJECT_GRANULE;
    *bit = (unsigned char)(1u << granule % 8);
    return *mark_bitmap((uint32_t)(granule / granules)) +
           granule % granules / 8;
}

#include "heap/mark-bytes.h"

#endif
