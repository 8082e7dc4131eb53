/* probe-pages.c: whether /proc tells of a process's pages; see probe.h. */
#include "smaps/probe-case.h"

#include "smaps/pagemap.h"
#include "smaps/rollup.h"
#include "smaps/scan.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define HUGE_BYTES (UINT64_C(2) << 20)

enum { LEFT_BY_BOTH = 0, LEFT_BY_CHILD = 3, KEPT_BY_BOTH = 4, LOOKED_AT };

struct probe_answer probe_rollup(void)
{
    struct smaps_totals totals;
    int result = smaps_rollup_read(getpid(), &totals);

    if (result)
        return probe_refused("/proc/PID/smaps_rollup", result);
    if (totals.rss == 0 || totals.pss == 0 || totals.pss > totals.rss)
        return probe_answer(PROBE_NO, "smaps_rollup says that a running "
                                      "process has no memory");
    return probe_yes;
}

static int write_first(char *area)
{
    probe_write(area, 0);
    return 0;
}

struct probe_answer probe_exclusive(void)
{
    struct probe_child child = {.pid = -1};
    struct probe_answer answer = probe_yes;
    char *area = probe_map(2);
    uint64_t entries[2];

    for (size_t i = 0; area && i < 2; i++)
        probe_write(area, i);
    int result = probe_fork(&child, write_first, area);
    if (result)
        answer = probe_refused("fork", result);
    else if ((result = probe_entries(child.pid, area, entries, 2)))
        answer = probe_refused("/proc/PID/pagemap", result);
    else if (!pagemap_exclusive(entries[0]) || pagemap_exclusive(entries[1]))
        answer = probe_answer(
            PROBE_NO, "bit 56 is %d for a page of its own, %d for a shared one",
            pagemap_exclusive(entries[0]), pagemap_exclusive(entries[1]));
    probe_end(&child);
    probe_unmap(area, 2);
    return answer;
}

struct probe_answer probe_frames(void)
{
    struct probe_answer answer = probe_yes;
    char *area = probe_map(1);
    uint64_t entry = 0;

    if (area)
        probe_write(area, 0);
    int result = area ? probe_entries(getpid(), area, &entry, 1) : -ENOMEM;
    if (result)
        answer = probe_refused("/proc/PID/pagemap", result);
    else if (!pagemap_frame(entry))
        answer = probe_answer(PROBE_NO, "pagemap hides page frames from this "
                                        "user");
    probe_unmap(area, 1);
    return answer;
}

struct probe_answer probe_scan(void)
{
    struct probe_answer answer = probe_yes;
    struct page_range found[2];
    char *area = probe_map(4);
    uint64_t resume, start = (uintptr_t)area;
    int pagemap = pagemap_open(getpid());

    if (area)
        probe_write(area, 2);
    ssize_t count =
        pagemap < 0 ? pagemap
        : area ? scan_populated(pagemap, start, start + 4 * PAGEMAP_PAGE_SIZE,
                                found, 2, &resume)
               : -ENOMEM;
    if (count < 0)
        answer = probe_refused("PAGEMAP_SCAN", (int)count);
    else if (count != 1 || found[0].start != start + 2 * PAGEMAP_PAGE_SIZE ||
             found[0].end != start + 3 * PAGEMAP_PAGE_SIZE)
        answer = probe_answer(PROBE_NO,
                              "PAGEMAP_SCAN does not find what is populated");
    if (pagemap >= 0)
        close(pagemap);
    probe_unmap(area, 4);
    return answer;
}

static void leave_page(char *area, size_t page)
{
    madvise(area + page * PAGEMAP_PAGE_SIZE, PAGEMAP_PAGE_SIZE, MADV_DONTNEED);
}

static int leave_two(char *area)
{
    leave_page(area, LEFT_BY_BOTH);
    leave_page(area, LEFT_BY_CHILD);
    return 0;
}

/* Puts a huge page at the area; false when none is to be had. */
static bool make_huge(char *area)
{
    struct smaps_totals before, after;

    if (smaps_rollup_read(getpid(), &before) ||
        madvise(area, HUGE_BYTES, MADV_HUGEPAGE))
        return false;
    probe_write(area, 0);
    return smaps_rollup_read(getpid(), &after) == 0 &&
           after.anon_huge >= before.anon_huge + HUGE_BYTES;
}

/* One page of a huge one is left by the child: the parent is then the only one
 * that has it, though the huge page has two holders. */
static struct probe_answer judge_huge(char *area)
{
    struct probe_child child = {.pid = -1};
    struct probe_answer answer = probe_yes;
    uint64_t entries[LOOKED_AT];

    if (!make_huge(area))
        return probe_answer(PROBE_UNKNOWN, "no huge page is to be had");
    int result = probe_fork(&child, leave_two, area);
    leave_page(area, LEFT_BY_BOTH);
    if (!result)
        result = probe_entries(getpid(), area, entries, LOOKED_AT);
    if (result)
        answer = probe_answer(PROBE_UNKNOWN, "%s", strerror(-result));
    else if (!pagemap_exclusive(entries[LEFT_BY_CHILD]) ||
             pagemap_exclusive(entries[KEPT_BY_BOTH]))
        answer = probe_answer(PROBE_NO, "bit 56 of a huge page's small ones is "
                                        "that of the whole");
    probe_end(&child);
    return answer;
}

struct probe_answer probe_exclusive_in_huge(void)
{
    size_t bytes = 2 * HUGE_BYTES;
    void *area = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (area == MAP_FAILED)
        return probe_answer(PROBE_UNKNOWN, "mmap: %s", strerror(errno));
    uintptr_t aligned = ((uintptr_t)area + HUGE_BYTES - 1) & ~(HUGE_BYTES - 1);
    struct probe_answer answer = judge_huge((char *)aligned);
    munmap(area, bytes);
    return answer;
}
