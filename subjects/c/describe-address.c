/* describe-address.c: see describe-address.h. */
#include "subjects/c/describe-address.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static void extents_count(const void *start, size_t bytes, const char *what,
                          void *context)
{
    size_t *count = context;
    (void)start;
    (void)bytes;
    (void)what;
    ++*count;
}

static void extents_add(const void *start, size_t bytes, const char *what,
                        void *context)
{
    struct extents *extents = context;
    struct extent *extent = &extents->items[extents->count++];
    *extent = (struct extent){(uintptr_t)start, bytes, what, 0};
    if (extent_is(extent, EXTENT_OBJECT)) {
        extent->header = ((const struct object *)start)->header;
    }
}

static int extents_compare(const void *left, const void *right)
{
    uintptr_t a = ((const struct extent *)left)->start;
    uintptr_t b = ((const struct extent *)right)->start;
    return (a > b) - (a < b);
}

void extents_open(struct extents *extents)
{
    size_t count = 0;
    collector.each_extent(extents_count, &count);
    extents->items =
        mmap(NULL, (count + 1) * sizeof *extents->items, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (extents->items == MAP_FAILED) {
        fputs("describe: no memory for an index of the heap\n", stderr);
        exit(EXIT_FAILURE);
    }
    extents->count = 0;
    collector.each_extent(extents_add, extents);
    qsort(extents->items, extents->count, sizeof *extents->items,
          extents_compare);
}

void extents_close(struct extents *extents)
{
    munmap(extents->items, (extents->count + 1) * sizeof *extents->items);
    *extents = (struct extents){NULL, 0};
}

const struct extent *extents_find(const struct extents *extents,
                                  uintptr_t address)
{
    size_t low = 0;
    size_t high = extents->count;
    while (low < high) { /* the first extent that starts beyond the address */
        size_t middle = low + (high - low) / 2;
        if (extents->items[middle].start <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 0) {
        return NULL;
    }
    const struct extent *extent = &extents->items[low - 1];
    size_t room =
        (extent->bytes + OBJECT_GRANULE - 1) / OBJECT_GRANULE * OBJECT_GRANULE;
    return address - extent->start < room ? extent : NULL;
}

struct region_search {
    uintptr_t address;
    const char *holds; /* NULL until it is found */
};

static void region_search(const struct region *region, void *context)
{
    struct region_search *search = context;
    if (search->address - (uintptr_t)region->start < region->reserved) {
        search->holds = region->holds;
    }
}

/* What a collector keeps among the objects may be its blocks' own (page), lie
 * between other data (side), or before each object (header): as its declaration
 * says. */
static const char *placement_among_objects(const char *kind)
{
    for (size_t i = 0; i < collector.metadata_count; i++) {
        const struct metadata *row = &collector.metadata[i];
        if (strcmp(row->kind, kind) == 0 &&
            (strcmp(row->placement, "page") == 0 ||
             strcmp(row->placement, "header") == 0 ||
             strcmp(row->placement, "side") == 0)) {
            return row->placement;
        }
    }
    return "page";
}

static struct address_description describe_extent(const struct extent *extent,
                                                  size_t offset)
{
    size_t begin;
    size_t end = extent_references(extent, &begin);
    int kind =
        extent_is(extent, EXTENT_OBJECT) ? (uint8_t)(extent->header >> 8) : -1;
    if (offset >= extent->bytes) {
        return (struct address_description){"unused", "body", -1};
    }
    if (extent_is_metadata(extent)) {
        return (struct address_description){
            extent->what, placement_among_objects(extent->what), -1};
    }
    if (extent_is(extent, EXTENT_FREE)) {
        return (struct address_description){"free", "body", -1};
    }
    if (offset < begin) {
        return (struct address_description){"header", "header", kind};
    }
    return (struct address_description){offset < end ? "reference" : "payload",
                                        "body", kind};
}

struct address_description describe_address(const struct extents *extents,
                                            uintptr_t address)
{
    struct region_search search = {address, NULL};
    collector.each_region(region_search, &search);
    if (search.holds == NULL) {
        return (struct address_description){"none", "none", -1};
    }
    if (strcmp(search.holds, REGION_OBJECTS) != 0) {
        return (struct address_description){search.holds, "side", -1};
    }
    const struct extent *extent = extents_find(extents, address);
    if (extent == NULL) {
        return (struct address_description){"unused", "body", -1};
    }
    return describe_extent(extent, address - extent->start);
}
