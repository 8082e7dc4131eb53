/* scan.c: see scan.h. */
#include "smaps/scan.h"

#include "smaps/scan-request.h"

#include <errno.h>

#define SCAN_BATCH 256u

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
    *resume = (size_t)count < asked ? end : ranges[count - 1].end;
    return count;
}
