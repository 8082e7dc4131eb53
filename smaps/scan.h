/* scan.h: the populated parts of a sparse address range, by PAGEMAP_SCAN.
 *
 * Linux 6.7 and later walk the page tables and pass over what is not there: a
 * sanitizer's shadow of 14 TiB takes microseconds, where reading pagemap would
 * take many seconds.
 * Source: Documentation/admin-guide/mm/pagemap.rst. */
#ifndef SMAPS_SCAN_H
#define SMAPS_SCAN_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct page_range {
    uint64_t start, end;
};

/* Finds the ranges of pages present or in swap from `start` up to `end`, at
 * most `capacity` of them, in address order.  `resume` receives the address to
 * go on from, `end` when all is done.  Returns how many ranges, or a negative
 * errno: -ENOTTY from a kernel without PAGEMAP_SCAN. */
ssize_t scan_populated(int pagemap, uint64_t start, uint64_t end,
                       struct page_range *ranges, size_t capacity,
                       uint64_t *resume);

#endif
