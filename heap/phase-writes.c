/* phase-writes.c: see phase-writes.h. */
#include "heap/phase-writes.h"

#include "heap/collection-log.h"
#include "heap/userfaultfd.h"
#include "smaps/scan-request.h"

#include <sys/mman.h>

#define RANGES_MOST 64u
#define BATCH       256u

struct page_writes {
    uint8_t phases, first;
};

struct range {
    uintptr_t start, end; /* what is in use at the fork */
    size_t reserved;
    struct page_writes *pages; /* beside the heap; NULL while it is tried */
};

struct phase_writes phase_writes;

static struct {
    int file, pagemap;
    struct range items[RANGES_MOST]; /* in address order */
    size_t count;
} ranges = {-1, -1, {{0}}, 0};

/* Every kind of phase has a bit of its own. */
_Static_assert(PHASE_COMPACT < 8, "phases have to fit into a byte");

/* A region_visitor. */
static void add_range(const struct region *region, void *context)
{
    const char **why = context;
    size_t at = ranges.count;
    if (region->committed == 0) {
        return;
    }
    if (ranges.count == RANGES_MOST) {
        *why = "the heap has too many regions";
        return;
    }
    uintptr_t start = (uintptr_t)region->start;
    for (; at > 0 && ranges.items[at - 1].start > start; at--) {
        ranges.items[at] = ranges.items[at - 1];
    }
    ranges.items[at] = (struct range){start, start + region->committed,
                                      region->reserved, NULL};
    ranges.count++;
}

/* Whole regions, so that no mapping is split. */
static const char *register_ranges(void)
{
    for (size_t i = 0; i < ranges.count; i++) {
        struct range *range = &ranges.items[i];
        if (!userfaultfd_register(ranges.file, (void *)range->start,
                                  range->reserved)) {
            return errno == EBUSY ? "the collector watches its own pages"
                                  : userfaultfd_why("UFFDIO_REGISTER");
        }
    }
    return NULL;
}

static const char *make_tables(void)
{
    for (size_t i = 0; i < ranges.count; i++) {
        struct range *range = &ranges.items[i];
        size_t pages = (range->end - range->start) / PAGE_BYTES;
        void *table =
            mmap(NULL, pages * sizeof *range->pages, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (table == MAP_FAILED) {
            return userfaultfd_why("mmap");
        }
        range->pages = table;
    }
    return NULL;
}

static void note_run(const struct range *range, const struct scan_range *run,
                     enum phase phase)
{
    size_t end = (run->end - range->start) / PAGE_BYTES;
    for (size_t i = (run->start - range->start) / PAGE_BYTES; i < end; i++) {
        struct page_writes *page = &range->pages[i];
        if (page->phases == 0) {
            page->first = (uint8_t)phase;
        }
        page->phases |= (uint8_t)(1u << phase);
    }
}

/* Protects the pages of a range that are not, and notes them unless this is the
 * first time.  Those that have no memory, because they were never touched, only
 * read or given back, were not written, and are passed over: a table for all
 * that the heap could hold is mostly made of these. */
static bool scan_range(const struct range *range, bool is_first,
                       enum phase phase)
{
    struct scan_range found[BATCH];
    struct scan_request request = {
        .size = sizeof request,
        .flags = SCAN_PROTECT | SCAN_REQUIRE_ASYNC,
        .start = range->start,
        .end = range->end,
        .ranges = (uintptr_t)found,
        .range_count = BATCH,
        .inverted = SCAN_ZERO,
        .all_of = SCAN_WRITTEN | SCAN_ZERO,
        .any_of = SCAN_PRESENT | SCAN_SWAPPED,
        .report = SCAN_PRESENT | SCAN_SWAPPED,
    };
    int count = BATCH;
    while (count == BATCH && request.start < range->end) {
        count = ioctl(ranges.pagemap, PAGEMAP_REQUEST, &request);
        for (int i = 0; i < count; i++) {
            if (!is_first) {
                note_run(range, &found[i], phase);
            }
            request.start = found[i].end;
        }
    }
    return count >= 0;
}

static const char *scan_all(bool is_first, enum phase phase)
{
    for (size_t i = 0; i < ranges.count; i++) {
        if (!scan_range(&ranges.items[i], is_first, phase)) {
            return userfaultfd_why("PAGEMAP_SCAN");
        }
    }
    return NULL;
}

static void end(void)
{
    if (ranges.file >= 0) {
        close(ranges.file);
    }
    if (ranges.pagemap >= 0) {
        close(ranges.pagemap);
    }
    ranges.file = ranges.pagemap = -1;
}

/* Opens the means, and registers all regions. */
static const char *begin(region_teller *each_region)
{
    const char *why = NULL;
    ranges.count = 0;
    each_region(add_range, &why);
    if (why == NULL) {
        why = userfaultfd_open(&ranges.file, UFFD_FEATURE_WP_ASYNC);
        ranges.file = why == NULL ? ranges.file : -1;
    }
    if (why == NULL) {
        ranges.pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
        why = ranges.pagemap < 0 ? userfaultfd_why("open /proc/self/pagemap")
                                 : register_ranges();
    }
    return why;
}

const char *phase_writes_want(region_teller *each_region)
{
    const char *why = begin(each_region);
    if (why == NULL) {
        why = scan_all(true, PHASE_IDLE);
    }
    end(); /* what was protected is no longer, either */
    phase_writes.is_wanted = why == NULL;
    return why;
}

void phase_writes_begin(region_teller *each_region)
{
    if (!phase_writes.is_wanted) {
        return;
    }
    uint64_t start = clock_now();
    const char *why = begin(each_region);
    if (why == NULL) {
        why = make_tables();
    }
    if (why == NULL) {
        why = scan_all(true, PHASE_IDLE);
    }
    if (why != NULL) {
        end();
    }
    phase_writes.why = why;
    phase_writes.is_on = why == NULL;
    phase_writes.ns = clock_now() - start;
}

void phase_writes_note(enum phase phase)
{
    uint64_t start = clock_now();
    const char *why = scan_all(false, phase);
    if (why != NULL) {
        phase_writes.why = why;
        phase_writes.is_on = false;
        end();
    }
    phase_writes.ns += clock_now() - start;
}

bool phase_writes_next(uintptr_t from, struct written_run *run)
{
    for (size_t i = 0; i < ranges.count; i++) {
        const struct range *range = &ranges.items[i];
        size_t count = (range->end - range->start) / PAGE_BYTES;
        size_t at =
            from > range->start ? (from - range->start) / PAGE_BYTES : 0;
        while (at < count && range->pages[at].phases == 0) {
            at++;
        }
        if (at >= count) {
            continue;
        }
        struct page_writes page = range->pages[at];
        run->start = range->start + at * PAGE_BYTES;
        while (at < count && range->pages[at].phases == page.phases &&
               range->pages[at].first == page.first) {
            at++;
        }
        run->end = range->start + at * PAGE_BYTES;
        run->phases = page.phases;
        run->first = page.first;
        return true;
    }
    return false;
}
