/* swap-file.c: makes, uses and removes a file of swap; see swap-file.h. */
#include "harness/swap-file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/swap.h>
#include <unistd.h>

#include "harness/memory.h"
#include "harness/owner.h"

#define SUFFIX "-swap"
#define TINY   (UINT64_C(1) << 20) /* bytes */

/* The first page of swap, to which the magic word at its end belongs.  Source:
 * union swap_header in Linux's include/linux/swap.h. */
struct header {
    char bootbits[1024];
    uint32_t version;
    uint32_t last_page;
    uint32_t bad_pages;
};

static const char magic[] = "SWAPSPACE2";

static size_t page_size(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

char *swap_file_path(const char *directory)
{
    char name[OWNER_NAME_SIZE];
    owner_name(name);
    /* The kernel lists it by its whole path. */
    char *whole = realpath(directory, NULL);
    char *path = xasprintf("%s/%s" SUFFIX, whole ? whole : directory, name);
    free(whole);
    return path;
}

static int write_whole(int file, const char *bytes, size_t size, off_t at)
{
    while (size > 0) {
        ssize_t written = pwrite(file, bytes, size, at);
        if (written < 0)
            return errno;
        bytes += written;
        at += written;
        size -= (size_t)written;
    }
    return 0;
}

static int write_header(int file, uint64_t pages)
{
    size_t size = page_size();
    char *page = xcalloc(1, size);
    struct header header = {.version = 1, .last_page = (uint32_t)(pages - 1)};
    memcpy(page, &header, sizeof header);
    memcpy(page + size - strlen(magic), magic, strlen(magic));
    int cause = write_whole(file, page, size, 0);
    free(page);
    return cause;
}

/* Swap may have no holes.  Reserved blocks are none for most file systems. */
static int reserve(int file, uint64_t bytes)
{
    return fallocate(file, 0, 0, (off_t)bytes) < 0 ? errno : 0;
}

static int fill(int file, uint64_t bytes)
{
    char *zeros = xcalloc(1, TINY);
    int cause = 0;
    for (uint64_t at = 0; at < bytes && !cause; at += TINY)
        cause = write_whole(file, zeros, bytes - at < TINY ? bytes - at : TINY,
                            (off_t)at);
    free(zeros);
    return cause;
}

static int use(int file, const char *path, uint64_t bytes)
{
    int cause = write_header(file, bytes / page_size());
    if (!cause && fsync(file) < 0)
        cause = errno;
    if (!cause && swapon(path, SWAP_FLAG_PREFER | SWAP_FLAG_PRIO_MASK) < 0)
        cause = errno;
    return cause;
}

/* With blocks reserved, or else, where the kernel calls these holes, written.
 */
static int make(int file, const char *path, uint64_t bytes)
{
    int cause = reserve(file, bytes);
    if (!cause)
        cause = use(file, path, bytes);
    if (cause != EINVAL && cause != EOPNOTSUPP)
        return cause;
    cause = fill(file, bytes);
    return cause ? cause : use(file, path, bytes);
}

static const char *next_of(int cause)
{
    switch (cause) {
    case EPERM:
        return "; run as root";
    case EINVAL:
    case EOPNOTSUPP:
        return ": this file system cannot hold swap; give --results on another "
               "(ext4, xfs)";
    default:
        return "";
    }
}

int swap_file_make(const char *path, uint64_t bytes, struct error *error)
{
    int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        return error_set(error, "cannot make the swap file %s: %s", path,
                         strerror(errno));
    int cause = make(file, path, bytes - bytes % page_size());
    close(file);
    if (!cause)
        return 0;
    unlink(path);
    return error_set(error, "cannot use the swap file %s: %s%s", path,
                     strerror(cause), next_of(cause));
}

int swap_file_remove(const char *path, struct error *error)
{
    if (swapoff(path) < 0 && errno != EINVAL)
        return error_set(error,
                         "cannot take the swap file %s out of use: %s; free "
                         "memory, then `swapoff' and remove it",
                         path, strerror(errno));
    if (unlink(path) < 0)
        return error_set(error, "cannot remove the swap file %s: %s", path,
                         strerror(errno));
    return 0;
}

int swap_file_try(const char *directory, uint64_t bytes, struct error *error)
{
    struct statvfs space;
    if (statvfs(directory, &space) < 0)
        return error_set(error, "%s: %s", directory, strerror(errno));
    uint64_t free_bytes = (uint64_t)space.f_bavail * space.f_frsize;
    if (free_bytes < bytes)
        return error_set(error,
                         "no room in %s for a swap file of %llu bytes: %llu "
                         "are free; give --results on another file system",
                         directory, (unsigned long long)bytes,
                         (unsigned long long)free_bytes);
    char *path = swap_file_path(directory);
    int status = swap_file_make(path, bytes < TINY ? bytes : TINY, error);
    if (status == 0)
        status = swap_file_remove(path, error);
    free(path);
    return status;
}

/* Sweeping. */

/* \040 and the like, as in /proc/swaps. */
static void decode(char *text)
{
    char *out = text;
    for (const char *in = text; *in; out++) {
        unsigned code;
        if (*in == '\\' && sscanf(in + 1, "%3o", &code) == 1) {
            *out = (char)code;
            in += 4;
        } else
            *out = *in++;
    }
    *out = '\0';
}

bool swap_file_is_left(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    size_t length = strlen(name);
    return length > strlen(SUFFIX) &&
           !strcmp(name + length - strlen(SUFFIX), SUFFIX) && owner_gone(name);
}

static void sweep_used(void)
{
    char line[PATH_MAX + 128];
    FILE *file = fopen("/proc/swaps", "re");
    while (file && fgets(line, sizeof line, file)) {
        line[strcspn(line, " \t\n")] = '\0';
        decode(line);
        if (swap_file_is_left(line) && swapoff(line) == 0)
            unlink(line);
    }
    if (file)
        fclose(file);
}

void swap_file_sweep(const char *directory)
{
    sweep_used();
    DIR *list = opendir(directory);
    struct dirent *entry;
    while (list && (entry = readdir(list))) {
        if (!swap_file_is_left(entry->d_name))
            continue;
        char *path = xasprintf("%s/%s", directory, entry->d_name);
        /* One that is still in use may not be removed. */
        unlink(path);
        free(path);
    }
    if (list)
        closedir(list);
}
