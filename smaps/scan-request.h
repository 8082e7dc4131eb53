/* scan-request.h: PAGEMAP_SCAN, spelled out because the headers of Debian 12
 * are older than it (Linux 6.7).
 * Source: Documentation/admin-guide/mm/pagemap.rst. */
#ifndef SMAPS_SCAN_REQUEST_H
#define SMAPS_SCAN_REQUEST_H

#include <stdint.h>
#include <sys/ioctl.h>

/* Categories of pages. */
#define SCAN_WRITTEN (UINT64_C(1) << 1) /* not protected by userfaultfd */
#define SCAN_PRESENT (UINT64_C(1) << 3)
#define SCAN_SWAPPED (UINT64_C(1) << 4)
#define SCAN_ZERO    (UINT64_C(1) << 5) /* the kernel's page of zeros */

/* Flags. */
#define SCAN_PROTECT       (UINT64_C(1) << 0) /* what is found, anew */
#define SCAN_REQUIRE_ASYNC (UINT64_C(1) << 1) /* else the call fails */

#define PAGEMAP_REQUEST _IOWR('f', 16, struct scan_request)

/* Returns how many ranges were found.  walk_end may lie before the last of
 * them when there are more than 512: it is no place to go on from.  All is
 * done when there are fewer than were asked for. */
struct scan_request {
    uint64_t size, flags, start, end, walk_end, ranges, range_count, max_pages;
    uint64_t inverted, all_of, any_of, report;
};

struct scan_range {
    uint64_t start, end, categories;
};

#endif
