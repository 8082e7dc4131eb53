/* scan.c: the PAGEMAP_SCAN request, spelled out here because the headers of
 * Debian 12 are older than it. */
#include "smaps/scan.h"

#include <errno.h>
#include <stdint.h>
#include <sys/ioctl.h>

#define SCAN_PRESENT    (UINT64_C(1) << 3)
#define SCAN_SWAPPED    (UINT64_C(1) << 4)
#define SCAN_BATCH      256u
#define PAGEMAP_REQUEST _IOWR('f', 16, struct scan_request)

struct scan_request {
    uint64_t size, flags, start, end, walk_end, ranges, range_count, max_pages;
    uint64_t inverted, all_of, any_of, report;
};

struct scan_range {
    uint64_t start, end, categories;
};

ssize_t scan_populated(int pagemap, uint64_t start, uint64_t end,
                       struct page_range *ranges, size_t capacity,
                       uint64_t *resume)
{
    struct scan_range found[SCAN_BATCH] = {0};
    size_t asked = capacity < SCAN_BATCH ? capacity : SCAN_BATCH;
    struct scan_request request = {
        .size = sizeof request,
        .start = start,
        .end = end,
        .ranges = (uintptr_t)found,
        .range_count = asked,
        .any_of = SCAN_PRESENT | SCAN_SWAPPED,
        .report = SCAN_PRESENT | SCAN_SWAPPED,
    };
    int count = ioctl(pagemap, PAGEMAP_REQUEST, &request);

    if (count < 0)
        return -errno;
    for (int i = 0; i < count; i++)
        ranges[i] = (struct page_range){found[i].start, found[i].end};
    /* walk_end may lie before the last range: it is no place to go on from. */
    *resume = (size_t)count < asked ? end : ranges[count - 1].end;
    return count;
}
