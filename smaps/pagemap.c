/* pagemap.c: reads /proc/PID/pagemap, 8 bytes for each page of the address
 * space. */
#include "smaps/pagemap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int pagemap_open(pid_t pid)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%d/pagemap", (int)pid);
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor >= 0)
        return descriptor;
    return errno == ENOENT ? -ESRCH : -errno;
}

int pagemap_read(int descriptor, uint64_t address, uint64_t *entries,
                 size_t count)
{
    char *at = (char *)entries;
    size_t left = count * sizeof *entries;
    off_t offset = (off_t)(address / PAGEMAP_PAGE_SIZE * sizeof *entries);

    while (left > 0) {
        ssize_t got = pread(descriptor, at, left, offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -errno;
        if (got == 0) /* the address space went away with its process */
            return -ESRCH;
        at += got;
        left -= (size_t)got;
        offset += got;
    }
    return 0;
}
