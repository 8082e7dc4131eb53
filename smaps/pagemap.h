/* pagemap.h: one 64-bit entry for each page, from /proc/PID/pagemap.
 *
 * The entry, from Documentation/admin-guide/mm/pagemap.rst:
 *   bits 0-54  page frame number if present (reads 0 without CAP_SYS_ADMIN)
 *   bit  56    page exclusively mapped: no other page table holds it
 *   bit  61    page is file-mapped or shared anonymous memory
 *   bit  62    page is swapped out
 *   bit  63    page is present
 * A page that is present, not file-mapped and not exclusive is an anonymous
 * page that is still shared copy-on-write.  The last holder of a page reads
 * exclusive without having written it. */
#ifndef SMAPS_PAGEMAP_H
#define SMAPS_PAGEMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PAGEMAP_PAGE_SIZE 4096u

static inline bool pagemap_present(uint64_t entry)
{
    return entry >> 63 & 1;
}

static inline bool pagemap_swapped(uint64_t entry)
{
    return entry >> 62 & 1;
}

static inline bool pagemap_file(uint64_t entry)
{
    return entry >> 61 & 1;
}

static inline bool pagemap_exclusive(uint64_t entry)
{
    return entry >> 56 & 1;
}

/* 0 when the kernel hides frames from this reader. */
static inline uint64_t pagemap_frame(uint64_t entry)
{
    return pagemap_present(entry) ? entry & ((UINT64_C(1) << 55) - 1) : 0;
}

/* Opens a process's pagemap; the caller closes the descriptor.  Returns the
 * descriptor or a negative errno. */
int pagemap_open(pid_t pid);

/* Reads the entries of `count` pages from `address` (page-aligned) on.
 * Returns 0 or a negative errno; -ESRCH when the process is gone. */
int pagemap_read(int descriptor, uint64_t address, uint64_t *entries,
                 size_t count);

#endif
