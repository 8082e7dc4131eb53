/* region.c: reserving, committing and discarding; see region.h. */
#include "heap/region.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Commit in steps, so that growth costs one system call a MiB. */
#define COMMIT_STEP ((size_t)1 << 20)

static size_t round_up(size_t bytes, size_t step)
{
    return (bytes + step - 1) / step * step;
}

/* A guard on each side, and room to align what lies between. */
static size_t mapped_bytes(const struct region *region)
{
    return region->reserved + 2 * REGION_GUARD + REGION_ALIGNED;
}

static _Noreturn void region_fail(const struct region *region,
                                  const char *action)
{
    fprintf(stderr, "heap: cannot %s region '%s' (%zu MiB): %s%s\n", action,
            region->name, region->reserved >> 20, strerror(errno),
            errno == ENOMEM ? ": give the option 'reserve' a smaller number, "
                              "or the process more memory (ulimit -a, "
                              "vm.overcommit_memory)"
                            : "");
    exit(EXIT_FAILURE);
}

void region_open(struct region *region, const char *name, const char *holds,
                 size_t bytes)
{
    region->name = name;
    region->holds = holds;
    region->reserved = round_up(bytes, REGION_ALIGNED);
    region->committed = 0;
    region->mapping = mmap(NULL, mapped_bytes(region), PROT_NONE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (region->mapping == MAP_FAILED) {
        region_fail(region, "reserve");
    }
    region->start = (char *)round_up((uintptr_t)region->mapping + REGION_GUARD,
                                     REGION_ALIGNED);
    if (madvise(region->start, region->reserved, MADV_NOHUGEPAGE) != 0 &&
        errno != EINVAL) { /* EINVAL: a kernel without huge pages */
        region_fail(region, "refuse huge pages for");
    }
}

void region_part(struct region *part, const struct region *whole,
                 const char *name, size_t offset, size_t bytes)
{
    *part = (struct region){.name = name,
                            .holds = whole->holds,
                            .start = whole->start + offset,
                            .reserved = bytes - REGION_GUARD};
}

void region_commit(struct region *region, size_t bytes)
{
    if (bytes <= region->committed) {
        return;
    }
    if (bytes > region->reserved) {
        fprintf(stderr,
                "heap: region '%s' needs %zu MiB and only %zu MiB are "
                "reserved: raise the option 'reserve'\n",
                region->name, (bytes >> 20) + 1, region->reserved >> 20);
        exit(EXIT_FAILURE);
    }
    size_t target = round_up(bytes, COMMIT_STEP);
    if (target > region->reserved) {
        target = region->reserved;
    }
    if (mprotect(region->start + region->committed, target - region->committed,
                 PROT_READ | PROT_WRITE) != 0) {
        region_fail(region, "commit");
    }
    region->committed = target;
}

void region_release(struct region *region, size_t offset, size_t bytes)
{
    if (madvise(region->start + offset, bytes, MADV_DONTNEED) != 0) {
        region_fail(region, "discard");
    }
}

void region_discard(struct region *region, size_t offset)
{
    if (offset < region->committed) {
        region_release(region, offset, region->committed - offset);
    }
}

void region_close(struct region *region)
{
    munmap(region->mapping, mapped_bytes(region));
    *region = (struct region){0};
}
