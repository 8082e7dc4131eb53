/* watch-written.h: pages that the kernel write-protects and, at a write, lets
 * go by itself (userfaultfd's WP_ASYNC); PAGEMAP_SCAN says which.
 *
 * Made for Wine's GetWriteWatch(), which bdwgc uses on Windows, and for CRIU.
 * No thread and no signal: a trap is a page fault that ends in the
 * kernel.  Exact, by single pages; a page without memory was not written. */
#ifndef HEAP_WATCH_WRITTEN_H
#define HEAP_WATCH_WRITTEN_H

#include "heap/userfaultfd.h"
#include "heap/watch.h"
#include "smaps/scan-request.h"

#include <sys/mman.h>

#define WRITTEN_BATCH 256u

static struct {
    int file;    /* of userfaultfd */
    int pagemap; /* tells of the process that opened it */
} written = {-1, -1};

/* Finds ranges of written pages and, with SCAN_PROTECT, protects what it finds;
 * without room for ranges that is all.  Returns their number, or -1. */
static int written_scan(const char *start, const char *end, uint64_t flags,
                        struct scan_range *found, size_t room)
{
    struct scan_request request = {
        .size = sizeof request,
        .flags = flags | SCAN_REQUIRE_ASYNC,
        .start = (uintptr_t)start,
        .end = (uintptr_t)end,
        .ranges = (uintptr_t)found,
        .range_count = room,
        .all_of = SCAN_WRITTEN,
        .report = found == NULL ? 0 : SCAN_WRITTEN,
    };
    return ioctl(written.pagemap, PAGEMAP_REQUEST, &request);
}

static void written_end(void)
{
    close(written.file);
    close(written.pagemap);
    written.file = written.pagemap = -1;
}

/* Returns NULL, or why it cannot be done. */
static const char *written_begin(void)
{
    const char *why = userfaultfd_open(&written.file, UFFD_FEATURE_WP_ASYNC);
    if (why != NULL) {
        written.file = -1;
        return why;
    }
    written.pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    if (written.pagemap < 0) {
        why = userfaultfd_why("open /proc/self/pagemap");
        close(written.file);
        written.file = -1;
    }
    return why;
}

/* Tries it on a page. */
static const char *watch_written_refused(void)
{
    struct scan_range found;
    char *page = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) {
        return userfaultfd_why("mmap");
    }
    const char *why = written_begin();
    if (why == NULL) {
        *(volatile char *)page = 1;
        if (!userfaultfd_register(written.file, page, PAGE_BYTES)) {
            why = userfaultfd_why("UFFDIO_REGISTER");
        } else if (written_scan(page, page + PAGE_BYTES, SCAN_PROTECT, NULL,
                                0) < 0) {
            why = userfaultfd_why("PAGEMAP_SCAN");
        } else if (written_scan(page, page + PAGE_BYTES, 0, &found, 1) != 0) {
            why = "PAGEMAP_SCAN does not protect a page";
        } else {
            *(volatile char *)page = 2;
            if (written_scan(page, page + PAGE_BYTES, 0, &found, 1) != 1) {
                why = "PAGEMAP_SCAN does not tell a written page";
            }
        }
        written_end();
    }
    munmap(page, PAGE_BYTES);
    return why;
}

/* In a child both files are those of its parent's memory. */
static void watch_written_open(const struct region *const *ranges, size_t count)
{
    if (written.file >= 0) {
        written_end();
    }
    const char *why = written_begin();
    if (why != NULL) {
        fprintf(stderr, "heap: %s\n", why);
        exit(EXIT_FAILURE);
    }
    userfaultfd_register_all(written.file, ranges, count);
}

static void watch_written_close(void)
{
    written_end();
}

static void watch_written_arm(char *start, char *end)
{
    if (start < end && written_scan(start, end, SCAN_PROTECT, NULL, 0) < 0) {
        userfaultfd_fail("PAGEMAP_SCAN");
    }
}

static void watch_written_disarm(char *start, char *end)
{
    userfaultfd_protect(written.file, start, (size_t)(end - start), false);
}

static void watch_written_each_written(char *start, char *end,
                                       stretch_visitor *visit)
{
    struct scan_range found[WRITTEN_BATCH];
    const char *from = start;
    while (from < end) {
        int count = written_scan(from, end, 0, found, WRITTEN_BATCH);
        if (count < 0) {
            userfaultfd_fail("PAGEMAP_SCAN");
        }
        for (int i = 0; i < count; i++) {
            visit((const char *)(uintptr_t)found[i].start,
                  (const char *)(uintptr_t)found[i].end);
        }
        from = count < (int)WRITTEN_BATCH
                   ? end
                   : (const char *)(uintptr_t)found[count - 1].end;
    }
}

static const struct watch watch_written = {
    .name = "written",
    .refused = watch_written_refused,
    .open = watch_written_open,
    .close = watch_written_close,
    .arm = watch_written_arm,
    .disarm = watch_written_disarm,
    .each_written = watch_written_each_written,
};

#endif
