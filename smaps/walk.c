/* walk.c: reads a mapping's pagemap entries through one small buffer. */
#include "smaps/walk.h"

#include "smaps/pagemap.h"
#include "smaps/scan.h"

#include <errno.h>
#include <string.h>

#define RANGES      64u
#define CLOSE_BYTES (64u * PAGEMAP_PAGE_SIZE)

bool walk_is_ordinary(const struct mapping *mapping)
{
    return strncmp(mapping->name, "[vvar", 5) != 0 &&
           strcmp(mapping->name, "[vsyscall]") != 0;
}

static bool is_large(const struct mapping *mapping)
{
    return mapping->end - mapping->start >= WALK_SPARSE_BYTES;
}

bool walk_is_reserved(const struct mapping *mapping)
{
    return !mapping->readable && !mapping->writable && !mapping->executable &&
           is_large(mapping);
}

static bool is_sparse(const struct mapping *mapping)
{
    return is_large(mapping) && (!mapping->file || mapping->shared);
}

static int walk_range(int pagemap, const struct mapping *mapping,
                      const struct page_range *range, uint64_t *buffer,
                      walk_visitor *visit, void *context)
{
    uint64_t address = range->start;

    while (address < range->end) {
        uint64_t left = (range->end - address) / PAGEMAP_PAGE_SIZE;
        size_t count = left < WALK_ENTRIES ? (size_t)left : WALK_ENTRIES;
        int result = pagemap_read(pagemap, address, buffer, count);
        if (!result)
            result = visit(mapping, address, buffer, count, context);
        if (result)
            return result;
        address += count * PAGEMAP_PAGE_SIZE;
    }
    return 0;
}

/* Visits the populated ranges, and what is between two that are close: one call
 * of the kernel costs as much as many entries. */
static int walk_sparse(int pagemap, const struct mapping *mapping,
                       uint64_t *buffer, walk_visitor *visit, void *context)
{
    struct page_range ranges[RANGES];
    struct page_range run = {mapping->start, mapping->start};
    uint64_t address = mapping->start;

    while (address < mapping->end) {
        ssize_t count = scan_populated(pagemap, address, mapping->end, ranges,
                                       RANGES, &address);
        if (count < 0)
            return (int)count;
        for (ssize_t i = 0; i < count; i++) {
            if (ranges[i].start - run.end > CLOSE_BYTES) {
                int result =
                    walk_range(pagemap, mapping, &run, buffer, visit, context);
                if (result)
                    return result;
                run.start = ranges[i].start;
            }
            run.end = ranges[i].end;
        }
    }
    return walk_range(pagemap, mapping, &run, buffer, visit, context);
}

int walk_mapping(int pagemap, const struct mapping *mapping, uint64_t *buffer,
                 walk_visitor *visit, void *context)
{
    struct page_range whole = {mapping->start, mapping->end};
    int result = -ENOTTY;

    if (is_sparse(mapping))
        result = walk_sparse(pagemap, mapping, buffer, visit, context);
    if (result == -ENOTTY)
        result = walk_range(pagemap, mapping, &whole, buffer, visit, context);
    return result;
}
