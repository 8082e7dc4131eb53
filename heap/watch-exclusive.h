/* watch-exclusive.h: pages that no other process has: bit 56 of
 * /proc/self/pagemap.  The kernel's own copy-on-write is what notices.
 *
 * A page that a worker inherited and has not written is its parent's, too; the
 * first write gives the worker a copy.  So nothing is armed, and nothing is
 * ever forgotten: pages that the worker made, and those that others wrote or
 * left, are told again and again.  Where nothing is shared everything is told.
 * What was written before the fork is not. */
#ifndef HEAP_WATCH_EXCLUSIVE_H
#define HEAP_WATCH_EXCLUSIVE_H

#include "heap/private-pages.h"

static const char *watch_exclusive_refused(void)
{
    return private_pages_refused();
}

static void watch_exclusive_open(const struct region *const *ranges,
                                 size_t count)
{
    (void)ranges;
    (void)count;
}

static void watch_exclusive_close(void) {}

static void watch_exclusive_arm(char *start, char *end)
{
    (void)start;
    (void)end;
}

static void watch_exclusive_each_written(char *start, char *end,
                                         stretch_visitor *visit)
{
    pagemap_each(start, end, PAGEMAP_PRIVATE | PAGEMAP_SWAPPED, visit);
}

static const struct watch watch_exclusive = {
    .name = "exclusive",
    .refused = watch_exclusive_refused,
    .open = watch_exclusive_open,
    .close = watch_exclusive_close,
    .arm = watch_exclusive_arm,
    .disarm = watch_exclusive_arm,
    .each_written = watch_exclusive_each_written,
};

#endif
