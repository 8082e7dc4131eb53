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

/* NULL, or why it cannot be told, in a string that is static. */
static const char *private_pages_refused(void)
{
    static volatile char tried;
    static char why[96];
    tried = 1;
    if (access("/proc/self/pagemap", R_OK) != 0) {
        snprintf(why, sizeof why, "/proc/self/pagemap: %s", strerror(errno));
        return why;
    }
    pagemap_begin();
    bool told = page_is_private((const void *)&tried);
    pagemap_end();
    return told ? NULL : "the kernel does not set bit 56 of /proc/self/pagemap";
}

#endif
