/* bench-bytes.c: the bytes of a container, as its collector lays it out and as
 * the kernel counts the pages.
 *
 * Compiled with a counting collector's file, COUNTING.  For containers of one
 * reference to eight it prints what the parts say an object takes, and the
 * pages in use after so many of them were made, in the regions of objects and
 * in those beside them. */
#include COUNTING

#include "subjects/c/snapshot.h"

#include <inttypes.h>

enum { REFERENCES_MOST = 8, ENTRIES = 512 };

struct in_use {
    size_t objects, beside; /* bytes of pages that hold something */
};

static void in_use_add(const struct region *region, void *context)
{
    struct in_use *in_use = context;
    uint64_t entries[ENTRIES];
    size_t pages = region->committed / PAGE_BYTES;
    size_t used = 0;
    for (size_t first = 0; first < pages; first += ENTRIES) {
        size_t count = pages - first < ENTRIES ? pages - first : ENTRIES;
        pagemap_read((uintptr_t)region->start + first * PAGE_BYTES, count,
                     entries);
        for (size_t i = 0; i < count; i++) {
            used += page_is_private(entries[i]);
        }
    }
    *(region_is_side(region) ? &in_use->beside : &in_use->objects) +=
        used * PAGE_BYTES;
}

static struct in_use in_use_now(void)
{
    struct in_use in_use = {0, 0};
    collector.each_region(in_use_add, &in_use);
    return in_use;
}

/* What is kept beside the heap for each granule, in bits, by the collector's
 * declaration: always, or only while a collection runs. */
static unsigned beside_bits(bool in_collections)
{
    unsigned bits = 0;
    for (size_t i = 0; i < LENGTH(metadata); i++) {
        bool is_passing = strcmp(metadata[i].kind, "count-copy") == 0 ||
                          strcmp(metadata[i].kind, "unreachable") == 0;
        if (metadata[i].per_bytes == OBJECT_GRANULE &&
            is_passing == in_collections) {
            bits += metadata[i].bits;
        }
    }
    return bits;
}

/* Makes so many, each holding the one before, and prints a line of them. */
static void measure(uint32_t references, uint64_t objects)
{
    collector.open();
    FRAME(local, 1);
    struct shape shape = {0, references, 0};
    size_t before = bytes_before(true, false);
    struct in_use empty = in_use_now();
    for (uint64_t i = 0; i < objects; i++) {
        ref object = object_new(shape);
        ref_init(object, 0, root_load(local[0]));
        root_store(&local[0], object);
    }
    collector.collect(COLLECTION_FULL, COLLECTION_ASKED);
    struct in_use full = in_use_now();
    printf("references=%" PRIu32 " links=%zu count=%zu header=%zu cell=%zu "
           "bits=%u collecting=%u objects=%.2f beside=%.2f\n",
           references, cycle_bytes(true, false), (size_t)COUNT_BYTES,
           HEADER_BYTES,
           size_class_bytes(size_class_of(before + shape_bytes(shape))),
           beside_bits(false), beside_bits(true),
           (double)(full.objects - empty.objects) / (double)objects,
           (double)(full.beside - empty.beside) / (double)objects);
    FRAME_END(local);
    collector.close();
}

int main(int count, char **words)
{
    const char *impossible = snapshot_possible();
    uint64_t objects = count > 1 ? strtoull(words[1], NULL, 10) : 0;
    if (objects == 0) {
        fprintf(stderr, "usage: %s OBJECTS\n", words[0]);
        return EXIT_FAILURE;
    }
    if (impossible != NULL) {
        fprintf(stderr, "skipped: %s\n", impossible);
        return EXIT_FAILURE;
    }
    option_cyclic = CYCLIC_NEVER; /* by itself */
    for (uint32_t i = 1; i <= REFERENCES_MOST; i++) {
        measure(i, objects);
    }
    return EXIT_SUCCESS;
}
