/* pagemap.h: what the kernel says of each page of this process, in
 * /proc/self/pagemap (Documentation/admin-guide/mm/pagemap.rst).
 *
 * The file tells of the process that opened it, so it is opened anew for each
 * use.  It is read in windows of the 512 entries that the kernel walks at a
 * time; they are not for two users at once. */
#ifndef HEAP_PAGEMAP_H
#define HEAP_PAGEMAP_H

#include "heap/region.h"
#include "heap/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PAGEMAP_PRESENT    (UINT64_C(1) << 63)
#define PAGEMAP_SWAPPED    (UINT64_C(1) << 62)
#define PAGEMAP_PRIVATE    (UINT64_C(1) << 56) /* no other process has it */
#define PAGEMAP_SOFT_DIRTY (UINT64_C(1) << 55)

#define PAGEMAP_WINDOW 512u

static struct {
    int file;
    uintptr_t first; /* page of the first entry of the window */
    uint64_t entries[PAGEMAP_WINDOW];
} pagemap;

static _Noreturn void pagemap_fail(const char *cause)
{
    fprintf(stderr, "heap: cannot read /proc/self/pagemap: %s\n", cause);
    exit(EXIT_FAILURE);
}

static void pagemap_begin(void)
{
    pagemap.first = UINTPTR_MAX;
    pagemap.file = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    if (pagemap.file < 0) {
        pagemap_fail(strerror(errno));
    }
}

static void pagemap_end(void)
{
    close(pagemap.file);
}

/* Zero for a page that was never touched. */
static inline uint64_t pagemap_entry(const void *address)
{
    uintptr_t page = (uintptr_t)address / PAGE_BYTES;
    if (page - pagemap.first >= PAGEMAP_WINDOW) {
        pagemap.first = page;
        ssize_t bytes =
            pread(pagemap.file, pagemap.entries, sizeof pagemap.entries,
                  (off_t)(page * sizeof(uint64_t)));
        if (bytes <= 0) {
            pagemap_fail(bytes < 0 ? strerror(errno) : "it is too short");
        }
        memset((char *)pagemap.entries + bytes, 0,
               sizeof pagemap.entries - (size_t)bytes);
    }
    return pagemap.entries[page - pagemap.first];
}

/* Calls `visit` with each stretch of pages between start and end, multiples of
 * the page, whose entries have any of the bits. */
static inline void pagemap_each(const char *start, const char *end,
                                uint64_t bits, stretch_visitor *visit)
{
    pagemap_begin();
    for (const char *page = start; page < end;) {
        const char *from = page;
        while (page < end && pagemap_entry(page) & bits) {
            page += PAGE_BYTES;
        }
        if (page > from) {
            visit(from, page);
        }
        page += PAGE_BYTES; /* has none of the bits, or is the end */
    }
    pagemap_end();
}

#endif
