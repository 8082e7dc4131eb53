/* ledger.h: the inherited pages of a fork, and what became of each.
 *
 * An inherited page was mapped and present (or swapped out) in the template at
 * the fork and could be broken by a worker: every anonymous page of a private
 * mapping, and every file page of a writable private mapping.  In a worker it
 * is then
 *   shared   not written by anyone since: anonymous and not exclusive, or a
 *            file page that is still a file page or was never faulted in
 *   broken   the worker holds a private copy: anonymous and exclusive
 *   swapped  the worker's entry is in swap: cannot tell, counted apart
 *   gone     unmapped, or an anonymous page that is no longer there
 * A new page is anonymous, exclusive, and was not inherited.  The counts are
 * exact while the template lives and writes nothing.  Where the reader sees
 * page frames, an inherited page that is anonymous in the worker and whose
 * frame differs is also counted as `moved`: the stricter oracle for `broken`.
 * Where the template does write after the fork, as it does on its stack, the
 * last worker to hold the old page reads broken and never moved: compare the
 * two within the regions of the heap, not outside.
 * A page that was in swap at the fork has no frame to compare and never counts
 * as moved; one that the kernel migrated counts though nobody wrote it. */
#ifndef SMAPS_LEDGER_H
#define SMAPS_LEDGER_H

#include "smaps/fate.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum region_role { REGION_OBJECTS, REGION_SIDE, REGION_OTHER };

/* One address range of the heap, as the subject names it. */
struct region {
    char name[32];
    enum region_role role;
    uint64_t start, end;
};

/* Pages of one worker in one region. */
struct page_counts {
    uint64_t shared;
    uint64_t broken;
    uint64_t swapped;
    uint64_t gone; /* with these four all inherited pages are accounted for */
    uint64_t new_pages;
    uint64_t moved; /* frame differs from the template's; see frames_known */
};

/* Adds the counts of several regions up. */
struct page_counts page_counts_sum(const struct page_counts *counts,
                                   size_t count);

struct ledger;

/* Reads the template's pages, best directly before the fork: one that it
 * touches first between the two counts as new in a worker.  `regions` (copied)
 * are disjoint and in address order; what lies in none of them is counted under
 * index `region_count`, the rest ("other").  Returns 0 and a ledger that the
 * caller frees with ledger_free, or a negative errno. */
int ledger_open(pid_t template_pid, const struct region *regions,
                size_t region_count, struct ledger **ledger);

/* A ledger of a process that inherited nothing.  Returns 0 or -ENOMEM. */
int ledger_open_empty(struct ledger **ledger);
void ledger_free(struct ledger *ledger);

/* Whether this reader sees page frames, so that `moved` means something. */
bool ledger_frames_known(const struct ledger *ledger);

/* Inherited pages by region: region_count + 1 numbers, the last for the rest.
 * Borrowed from the ledger. */
const uint64_t *ledger_inherited(const struct ledger *ledger);

/* How many regions ledger_open was given. */
size_t ledger_region_count(const struct ledger *ledger);

/* The pagemap entries of one page. */
struct page_entries {
    uint64_t inherited; /* the template's at the fork; 0: there was no page */
    uint64_t own;       /* the worker's now */
};

/* Called for each page of a worker that was inherited, and for each new one, in
 * address order.  Of the pages that are gone, those are left out that lie in no
 * mapping any more, or in a sparse one (walk.h).  A value other than 0 stops
 * the walk. */
typedef int ledger_visitor(uint64_t address, enum page_fate fate,
                           const struct page_entries *entries, void *context);

/* Visits a worker's pages.  Returns 0, the visitor's value, or a negative
 * errno. */
int ledger_visit(const struct ledger *ledger, pid_t worker,
                 ledger_visitor *visit, void *context);

/* Counts a worker's pages into region_count + 1 entries of `counts`, and in
 * `lone_file_pages` the pages of files and of shared memory that no other
 * process maps at the moment.  Returns 0 or a negative errno: -ESRCH when the
 * worker is gone.
 *
 * In a quiet worker, over all regions and exactly,
 *   broken + new + lone file pages = (Private_Clean + Private_Dirty) / 4096.
 * Left out are pages that a worker wrote anew and then forbade all access to,
 * if nothing inherited lies in their mapping and it has 64 MiB or more.
 * Private_Dirty alone is broken + new where no lone file page is dirty in the
 * page cache (a program just built is, until it is synced) and no page of the
 * worker's own is clean (after MADV_FREE, or read back from swap). */
int ledger_count(const struct ledger *ledger, pid_t worker,
                 struct page_counts *counts, uint64_t *lone_file_pages);

#endif
