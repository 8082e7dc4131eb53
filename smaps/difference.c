/* difference.c: reads the pages of both processes in batches, neighbours
 * together. */
#include "smaps/difference.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BATCH_PAGES 256u

/* One of the two processes, and a batch as it has it. */
struct side {
    int memory, pagemap;
    uint64_t entries[BATCH_PAGES];
    unsigned char bytes[BATCH_PAGES][PAGEMAP_PAGE_SIZE];
    bool readable[BATCH_PAGES];
};

struct pair {
    struct side inherited, own;
};

static int side_open(struct side *side, pid_t pid)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%d/mem", (int)pid);
    side->memory = open(path, O_RDONLY | O_CLOEXEC);
    if (side->memory < 0)
        return errno == ENOENT ? -ESRCH : -errno;
    side->pagemap = pagemap_open(pid);
    return side->pagemap < 0 ? side->pagemap : 0;
}

static void side_close(const struct side *side)
{
    if (side->memory >= 0)
        close(side->memory);
    if (side->pagemap >= 0)
        close(side->pagemap);
}

/* Reading a page that is not there would make one. */
static bool is_there(uint64_t entry)
{
    return pagemap_present(entry) || pagemap_swapped(entry);
}

/* Reads neighbours, the first of them the batch's page `at`, which were there a
 * moment ago. */
static int read_present(struct side *side, uint64_t address, size_t at,
                        size_t end)
{
    while (at < end) {
        ssize_t got = pread(side->memory, side->bytes[at],
                            (end - at) * PAGEMAP_PAGE_SIZE, (off_t)address);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && errno != EIO)
            return -errno;
        if (got == 0) /* the address space went away with its process */
            return -ESRCH;
        size_t pages = got < 0 ? 1 : (size_t)got / PAGEMAP_PAGE_SIZE;
        memset(side->readable + at, got > 0, pages * sizeof *side->readable);
        at += pages;
        address += pages * PAGEMAP_PAGE_SIZE;
    }
    return 0;
}

/* Reads a run of neighbours, the batch's pages from `first` up to `end`. */
static int read_run(struct side *side, uint64_t address, size_t first,
                    size_t end)
{
    int result = pagemap_read(side->pagemap, address, side->entries + first,
                              end - first);

    for (size_t i = first, next; !result && i < end; i = next) {
        bool there = is_there(side->entries[i]);
        for (next = i + 1; next < end; next++)
            if (is_there(side->entries[next]) != there)
                break;
        if (there)
            result = read_present(
                side, address + (i - first) * PAGEMAP_PAGE_SIZE, i, next);
        else
            memset(side->readable + i, false,
                   (next - i) * sizeof *side->readable);
    }
    return result;
}

static int read_batch(struct side *side, const uint64_t *pages, size_t count)
{
    int result = 0;

    for (size_t i = 0, end; !result && i < count; i = end) {
        for (end = i + 1; end < count; end++)
            if (pages[end] != pages[end - 1] + PAGEMAP_PAGE_SIZE)
                break;
        result = read_run(side, pages[i], i, end);
    }
    return result;
}

bool difference_next(const unsigned char *inherited, const unsigned char *own,
                     struct byte_range *range)
{
    size_t at = range->end;

    /* Most of most pages is equal: pass over words first. */
    while (at < PAGEMAP_PAGE_SIZE && inherited[at] == own[at]) {
        if (at % sizeof(uint64_t) == 0 &&
            memcmp(inherited + at, own + at, sizeof(uint64_t)) == 0)
            at += sizeof(uint64_t);
        else
            at++;
    }
    range->start = at;
    while (at < PAGEMAP_PAGE_SIZE && inherited[at] != own[at])
        at++;
    range->end = at;
    return range->start < range->end;
}

static void count_page(const unsigned char *inherited, const unsigned char *own,
                       struct difference_counts *counts)
{
    struct byte_range range = {0, 0};
    uint64_t changed = 0;

    while (difference_next(inherited, own, &range))
        changed += range.end - range.start;
    counts->compared++;
    counts->changed_bytes += changed;
    counts->false_pages += changed == 0;
}

static int visit_batch(const struct pair *pair, const uint64_t *pages,
                       size_t count, difference_visitor *visit, void *context,
                       struct difference_counts *counts)
{
    int result = 0;

    for (size_t i = 0; !result && i < count; i++) {
        const unsigned char *inherited = pair->inherited.bytes[i];
        const unsigned char *own = pair->own.bytes[i];
        if (!pair->inherited.readable[i] || !pair->own.readable[i]) {
            counts->unreadable++;
            result = visit(pages[i], NULL, NULL, context);
            continue;
        }
        count_page(inherited, own, counts);
        result = visit(pages[i], inherited, own, context);
    }
    return result;
}

static int visit_all(struct pair *pair, const uint64_t *pages, size_t count,
                     difference_visitor *visit, void *context,
                     struct difference_counts *counts)
{
    int result = 0;

    for (size_t done = 0; !result && done < count; done += BATCH_PAGES) {
        size_t left = count - done;
        size_t part = left < BATCH_PAGES ? left : BATCH_PAGES;
        result = read_batch(&pair->inherited, pages + done, part);
        if (!result)
            result = read_batch(&pair->own, pages + done, part);
        if (!result)
            result =
                visit_batch(pair, pages + done, part, visit, context, counts);
    }
    return result;
}

int difference_visit(pid_t template_pid, pid_t worker, const uint64_t *pages,
                     size_t count, difference_visitor *visit, void *context,
                     struct difference_counts *counts)
{
    struct pair *pair = malloc(sizeof *pair);

    *counts = (struct difference_counts){0};
    if (!pair)
        return -ENOMEM;
    pair->inherited.memory = pair->inherited.pagemap = -1;
    pair->own.memory = pair->own.pagemap = -1;
    int result = side_open(&pair->inherited, template_pid);
    if (!result)
        result = side_open(&pair->own, worker);
    if (!result)
        result = visit_all(pair, pages, count, visit, context, counts);
    side_close(&pair->inherited);
    side_close(&pair->own);
    free(pair);
    return result;
}

const char *difference_why(int error)
{
    switch (error) {
    case -ESRCH:
        return "the process has ended";
    case -EACCES:
    case -EPERM:
        return "its memory may not be read: it is another user's or not "
               "dumpable, or /proc/sys/kernel/yama/ptrace_scope leaves that "
               "to its ancestors";
    default:
        return strerror(-error);
    }
}
