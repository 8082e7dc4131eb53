/* private-pages.h: which pages this process alone has, told by bit 56 of
 * /proc/self/pagemap.
 *
 * In a worker an inherited page that is private was written since the fork, or
 * its other holders wrote or left it: no page that was written is missed.  In
 * the template every page is private.  The file tells of the process that
 * opened it, so it is opened anew for each use. */
#ifndef HEAP_PRIVATE_PAGES_H
#define HEAP_PRIVATE_PAGES_H

#include "heap/region.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PAGEMAP_SWAPPED (UINT64_C(1) << 62)
#define PAGEMAP_PRIVATE (UINT64_C(1) << 56)

#define PRIVATE_PAGES_WINDOW 512u

static struct {
    int file;
    uintptr_t first; /* page of the first entry of the window */
    uint64_t entries[PRIVATE_PAGES_WINDOW];
} private_pages;

static _Noreturn void private_pages_fail(const char *cause)
{
    fprintf(stderr,
            "heap: /proc/self/pagemap does not tell private pages: %s: choose "
            "another value of the option 'find'\n",
            cause);
    exit(EXIT_FAILURE);
}

static void private_pages_begin(void)
{
    private_pages.first = UINTPTR_MAX;
    private_pages.file = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    if (private_pages.file < 0) {
        private_pages_fail(strerror(errno));
    }
}

static void private_pages_end(void)
{
    close(private_pages.file);
}

/* Whether no other process has the page of an address; false for a page that
 * was never touched. */
static bool page_is_private(const void *address)
{
    uintptr_t page = (uintptr_t)address / PAGE_BYTES;
    if (page - private_pages.first >= PRIVATE_PAGES_WINDOW) {
        private_pages.first = page;
        ssize_t bytes = pread(private_pages.file, private_pages.entries,
                              sizeof private_pages.entries,
                              (off_t)(page * sizeof(uint64_t)));
        if (bytes <= 0) {
            private_pages_fail(bytes < 0 ? strerror(errno) : "it is too short");
        }
        memset((char *)private_pages.entries + bytes, 0,
               sizeof private_pages.entries - (size_t)bytes);
    }
    return private_pages.entries[page - private_pages.first] &
           (PAGEMAP_PRIVATE | PAGEMAP_SWAPPED);
}

/* Ends the program where it cannot be told. */
static void private_pages_try(void)
{
    static volatile char tried;
    tried = 1;
    private_pages_begin();
    if (!page_is_private((const void *)&tried)) {
        private_pages_fail("the kernel does not set bit 56");
    }
    private_pages_end();
}

#endif
