/* userfaultfd.h: write protection of single pages, which splits no mapping: a
 * write is told to a reader of the file, or noted in the page table and passed
 * (WP_ASYNC).
 *
 * A page that has no memory yet is protected, too (WP_UNPOPULATED).  Neither
 * the protection nor the registration of ranges is inherited by a fork; the
 * file is, and stands for the parent's memory: close it.
 * Source: Documentation/admin-guide/mm/userfaultfd.rst. */
#ifndef HEAP_USERFAULTFD_H
#define HEAP_USERFAULTFD_H

#include "heap/region.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Newer than the headers of Debian 12: Linux 6.4 and 6.7. */
#ifndef UFFD_FEATURE_WP_UNPOPULATED
#define UFFD_FEATURE_WP_UNPOPULATED (1 << 13)
#endif
#ifndef UFFD_FEATURE_WP_ASYNC
#define UFFD_FEATURE_WP_ASYNC (1 << 15)
#endif

/* Why a call failed; the string lives until the next one. */
static const char *userfaultfd_why(const char *call)
{
    static char why[96];
    snprintf(why, sizeof why, "%s: %s", call, strerror(errno));
    return why;
}

static _Noreturn void userfaultfd_fail(const char *call)
{
    fprintf(stderr, "heap: %s\n", userfaultfd_why(call));
    exit(EXIT_FAILURE);
}

/* For writes by the program itself, which is allowed to everybody where the
 * call is there at all; not for those that the kernel makes for it.  Returns
 * NULL, or why this kernel refuses. */
static const char *userfaultfd_open(int *file, uint64_t features)
{
    struct uffdio_api api = {.api = UFFD_API, .features = features};
    *file = (int)syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY);
    if (*file < 0) {
        return userfaultfd_why("userfaultfd");
    }
    if (ioctl(*file, UFFDIO_API, &api) == 0) {
        return NULL;
    }
    const char *why = userfaultfd_why(features & UFFD_FEATURE_WP_ASYNC
                                          ? "UFFD_FEATURE_WP_ASYNC"
                                          : "UFFD_FEATURE_WP_UNPOPULATED");
    close(*file);
    return why;
}

static bool userfaultfd_register(int file, const void *start, size_t bytes)
{
    struct uffdio_register range = {
        .range = {.start = (uintptr_t)start, .len = bytes},
        .mode = UFFDIO_REGISTER_MODE_WP,
    };
    return ioctl(file, UFFDIO_REGISTER, &range) == 0;
}

static inline void userfaultfd_register_all(int file,
                                            const struct region *const *ranges,
                                            size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!userfaultfd_register(file, ranges[i]->start,
                                  ranges[i]->reserved)) {
            userfaultfd_fail("UFFDIO_REGISTER");
        }
    }
}

/* Whether the next write to a page is noticed; taking that back wakes who is
 * waiting to write. */
static inline void userfaultfd_protect(int file, const void *start,
                                       size_t bytes, bool protect)
{
    struct uffdio_writeprotect range = {
        .range = {.start = (uintptr_t)start, .len = bytes},
        .mode = protect ? UFFDIO_WRITEPROTECT_MODE_WP : 0,
    };
    if (bytes > 0 && ioctl(file, UFFDIO_WRITEPROTECT, &range) != 0) {
        userfaultfd_fail("UFFDIO_WRITEPROTECT");
    }
}

#endif
