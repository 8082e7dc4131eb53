/* probe-writes.c: whether the kernel tells which pages were written; see
 * probe.h.
 * Sources: Documentation/admin-guide/mm/userfaultfd.rst, soft-dirty.rst. */
#include "smaps/probe-case.h"

#include "smaps/pagemap.h"
#include "smaps/scan-request.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Newer than the headers of Debian 12: Linux 6.4 and 6.7. */
#define FEATURE_WP_UNPOPULATED (1 << 13)
#define FEATURE_WP_ASYNC       (1 << 15)

#define PAGES      4u
#define WRITTEN    2u /* of them, which one */
#define SOFT_DIRTY (UINT64_C(1) << 55)

static int open_userfaultfd(bool kernel_too)
{
    int flags = O_CLOEXEC | (kernel_too ? 0 : UFFD_USER_MODE_ONLY);
    int file = (int)syscall(SYS_userfaultfd, flags);

    return file < 0 ? -errno : file;
}

struct probe_answer probe_userfaultfd(void)
{
    struct uffdio_api api = {.api = UFFD_API,
                             .features = UFFD_FEATURE_PAGEFAULT_FLAG_WP};
    struct probe_answer answer = probe_yes;
    int file = open_userfaultfd(true);

    if (file < 0) {
        file = open_userfaultfd(false);
        answer = probe_answer(PROBE_PARTLY,
                              "writes that the kernel makes for the program "
                              "are not told");
    }
    if (file < 0)
        return probe_refused("userfaultfd", file);
    if (ioctl(file, UFFDIO_API, &api))
        answer = probe_refused("userfaultfd's write protection", -errno);
    close(file);
    return answer;
}

/* Protects the area without anyone being told of writes. */
static const char *protect(int file, const char *area)
{
    struct uffdio_api api = {
        .api = UFFD_API, .features = FEATURE_WP_UNPOPULATED | FEATURE_WP_ASYNC};
    struct uffdio_register pages = {
        .range = {.start = (uintptr_t)area, .len = PAGES * PAGEMAP_PAGE_SIZE},
        .mode = UFFDIO_REGISTER_MODE_WP};
    struct uffdio_writeprotect all = {.range = pages.range,
                                      .mode = UFFDIO_WRITEPROTECT_MODE_WP};

    if (ioctl(file, UFFDIO_API, &api))
        return "userfaultfd's WP_ASYNC";
    if (ioctl(file, UFFDIO_REGISTER, &pages))
        return "UFFDIO_REGISTER";
    return ioctl(file, UFFDIO_WRITEPROTECT, &all) ? "UFFDIO_WRITEPROTECT"
                                                  : NULL;
}

static struct probe_answer find_written(const char *area)
{
    uint64_t start = (uintptr_t)area;
    struct scan_range found[2] = {0};
    struct scan_request request = {
        .size = sizeof request,
        .flags = SCAN_REQUIRE_ASYNC,
        .start = start,
        .end = start + PAGES * PAGEMAP_PAGE_SIZE,
        .ranges = (uintptr_t)found,
        .range_count = 2,
        .all_of = SCAN_WRITTEN,
        .report = SCAN_WRITTEN,
    };
    int pagemap = pagemap_open(getpid());

    if (pagemap < 0)
        return probe_refused("/proc/PID/pagemap", pagemap);
    int count = ioctl(pagemap, PAGEMAP_REQUEST, &request);
    int failure = -errno;
    close(pagemap);
    if (count < 0)
        return probe_refused("PAGEMAP_SCAN", failure);
    if (count == 1 && found[0].start == start + WRITTEN * PAGEMAP_PAGE_SIZE &&
        found[0].end == found[0].start + PAGEMAP_PAGE_SIZE)
        return probe_yes;
    return probe_answer(PROBE_NO, "PAGEMAP_SCAN does not find what is written");
}

struct probe_answer probe_written(void)
{
    struct probe_answer answer;
    int file = open_userfaultfd(false);
    char *area = probe_map(PAGES);

    if (file < 0 || !area) {
        answer = probe_refused("userfaultfd", file < 0 ? file : -ENOMEM);
    } else {
        const char *refused = protect(file, area);
        if (refused) {
            answer = probe_refused(refused, -errno);
        } else {
            probe_write(area, WRITTEN);
            answer = find_written(area);
        }
    }
    if (file >= 0)
        close(file);
    probe_unmap(area, PAGES);
    return answer;
}

/* In a child, because it forgets what all of a process has written. */
static int clear_and_write(char *area)
{
    int file = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
    int result = file < 0 || write(file, "4", 1) != 1 ? -errno : 0;

    if (file >= 0)
        close(file);
    probe_write(area, WRITTEN);
    return result;
}

struct probe_answer probe_soft_dirty(void)
{
    struct probe_child child = {.pid = -1};
    struct probe_answer answer = probe_yes;
    char *area = probe_map(PAGES);
    uint64_t entries[PAGES];
    bool right = true;

    for (size_t i = 0; area && i < PAGES; i++)
        probe_write(area, i);
    int result = probe_fork(&child, clear_and_write, area);
    if (result)
        answer = probe_refused("/proc/PID/clear_refs", result);
    else if ((result = probe_entries(child.pid, area, entries, PAGES)))
        answer = probe_refused("/proc/PID/pagemap", result);
    for (size_t i = 0; !result && i < PAGES; i++)
        right &= ((entries[i] & SOFT_DIRTY) != 0) == (i == WRITTEN);
    if (!right)
        answer = probe_answer(PROBE_NO,
                              "clear_refs succeeds, but soft-dirty bits do not "
                              "follow the writes");
    probe_end(&child);
    probe_unmap(area, PAGES);
    return answer;
}
