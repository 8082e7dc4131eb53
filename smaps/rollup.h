/* rollup.h: a process's memory totals, from /proc/PID/smaps_rollup.
 *
 * The kernel walks the page tables once and adds up all mappings.  Untouched
 * copy-on-write anonymous pages count as shared *dirty*.  PSS divides each page
 * by the number of its holders and so moves when a sibling dies.
 * Source: Documentation/filesystems/proc.rst. */
#ifndef SMAPS_ROLLUP_H
#define SMAPS_ROLLUP_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* All in bytes; the kernel counts in KiB. */
struct smaps_totals {
    uint64_t rss;
    uint64_t pss;
    uint64_t shared_clean;
    uint64_t shared_dirty;
    uint64_t private_clean;
    uint64_t private_dirty;
    uint64_t anonymous; /* shared or private, file pages excluded */
    uint64_t anon_huge; /* in transparent huge pages */
    uint64_t swap;
};

/* USS: what only this process holds. */
static inline uint64_t smaps_uss(const struct smaps_totals *totals)
{
    return totals->private_clean + totals->private_dirty;
}

/* Parses the text of smaps_rollup, or of one mapping of smaps (lines that are
 * not "Key: N kB" are passed over).  Returns 0, or -EBADMSG when Rss or Pss is
 * missing or a number is malformed. */
int smaps_rollup_parse(const char *text, size_t length,
                       struct smaps_totals *totals);

/* Reads the totals of a process.  Returns 0 or a negative errno: -ESRCH when
 * the process is gone, -EACCES when it may not be read. */
int smaps_rollup_read(pid_t pid, struct smaps_totals *totals);

#endif
