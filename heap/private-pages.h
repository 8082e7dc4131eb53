/* private-pages.h: which pages this process alone has, told by bit 56 of
 * /proc/self/pagemap.
 *
 * In a worker an inherited page that is private was written since the fork, or
 * its other holders wrote or left it: no page that was written is missed.  In
 * the template every page is private. */
#ifndef HEAP_PRIVATE_PAGES_H
#define HEAP_PRIVATE_PAGES_H

#include "heap/pagemap.h"

#include <stdbool.h>

/* Whether no other process has the page of an address; false for a page that
 * was never touched.  Between pagemap_begin() and pagemap_end(). */
static bool page_is_private(const void *address)
{
    return pagemap_entry(address) & (PAGEMAP_PRIVATE | PAGEMAP_SWAPPED);
}

static _Noreturn void private_pages_fail(const char *cause)
{
    fprintf(stderr,
            "heap: /proc/self/pagemap does not tell private pages: %s: choose "
            "another value of the option 'find'\n",
            cause);
    exit(EXIT_FAILURE);
}

/* Ends the program where it cannot be told. */
static void private_pages_try(void)
{
    static volatile char tried;
    tried = 1;
    if (access("/proc/self/pagemap", R_OK) != 0) {
        private_pages_fail(strerror(errno));
    }
    pagemap_begin();
    if (!page_is_private((const void *)&tried)) {
        private_pages_fail("the kernel does not set bit 56");
    }
    pagemap_end();
}

#endif
