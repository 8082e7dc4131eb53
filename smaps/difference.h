/* difference.h: what really changed in pages of a worker: their bytes beside
 * those of the template, read from outside through /proc/PID/mem.
 *
 * Not with process_vm_readv: it pins what it reads, and since Linux 5.19 an
 * anonymous page that is shared copy-on-write gets a copy of its own before it
 * is pinned, so that the reading itself would break every page that it looks
 * at in the template.  Reading /proc/PID/mem breaks none, but brings a page in
 * that is in swap; pages that are not there are left alone.
 *
 * The template's copy is what the worker inherited as long as the template has
 * not written the page since the fork: where page frames are known, those of
 * the template tell (fate.h).  Both processes are to be at rest. */
#ifndef SMAPS_DIFFERENCE_H
#define SMAPS_DIFFERENCE_H

#include "smaps/pagemap.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Offsets in a page, end exclusive. */
struct byte_range {
    size_t start, end;
};

struct difference_counts {
    uint64_t compared;      /* pages of which both copies were read */
    uint64_t false_pages;   /* of these: not a byte differs */
    uint64_t changed_bytes; /* that differ, in all pages compared */
    uint64_t unreadable;    /* pages that one of both does not have */
};

/* Called for each page in the order given, with PAGEMAP_PAGE_SIZE bytes of each
 * side, valid during the call; both are NULL when the page is unreadable.  A
 * value other than 0 stops and is returned. */
typedef int difference_visitor(uint64_t address, const unsigned char *inherited,
                               const unsigned char *own, void *context);

/* Compares pages of a worker, at page-aligned addresses in rising order, with
 * the template's; `pages` are best those that the ledger counts as broken.
 * Returns 0, the visitor's value, or a negative errno that holds for a whole
 * process: -ESRCH when one of both has ended, -EACCES when its memory may not
 * be read; `counts` then hold what was compared before. */
int difference_visit(pid_t template_pid, pid_t worker, const uint64_t *pages,
                     size_t count, difference_visitor *visit, void *context,
                     struct difference_counts *counts);

/* The next range of bytes that differ, from `range->end` on: starts as
 * {0, 0}.  Returns whether there is one. */
bool difference_next(const unsigned char *inherited, const unsigned char *own,
                     struct byte_range *range);

/* Why difference_visit failed, in words; valid until the next call. */
const char *difference_why(int error);

#endif
