/* snapshot.c: see snapshot.h. */
#include "subjects/c/snapshot.h"

#include "collectors/collector.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A mapping this large is a sanitizer's, and would take minutes to read. */
#define MAPPING_MOST ((size_t)1 << 30)

static struct {
    int pagemap, memory;
    pid_t pid; /* that opened them */
} files;

static _Noreturn void snapshot_fail(const char *action)
{
    fprintf(stderr, "snapshot: cannot %s: %s\n", action, strerror(errno));
    exit(EXIT_FAILURE);
}

/* A child opens its own. */
static bool files_open(void)
{
    if (files.pid != getpid()) {
        files.pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
        files.memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
        files.pid = getpid();
    }
    return files.pagemap >= 0 && files.memory >= 0;
}

const char *snapshot_possible(void)
{
    return files_open() ? NULL
                        : "/proc/self/pagemap and mem cannot both be opened";
}

static void read_at(int file, void *into, size_t bytes, off_t offset)
{
    while (bytes > 0) {
        ssize_t got = pread(file, into, bytes, offset);
        if (got <= 0) {
            snapshot_fail("read the process's own pages");
        }
        into = (char *)into + got;
        offset += got;
        bytes -= (size_t)got;
    }
}

void pagemap_read(uintptr_t start, size_t pages, uint64_t *entries)
{
    read_at(files.pagemap, entries, pages * sizeof *entries,
            (off_t)(start / PAGE_BYTES * sizeof *entries));
}

void memory_read(uintptr_t start, size_t bytes, void *into)
{
    read_at(files.memory, into, bytes, (off_t)start);
}

static void *snapshot_memory(size_t bytes)
{
    void *memory = mmap(NULL, bytes + 1, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        snapshot_fail("get memory for a copy of the heap");
    }
    return memory;
}

static void snapshot_add(const struct region *region, void *context)
{
    struct snapshot *snapshot = context;
    if (snapshot->count == SNAPSHOT_REGIONS_MOST) {
        errno = E2BIG;
        snapshot_fail("copy so many regions");
    }
    struct snapshot_region *copy = &snapshot->regions[snapshot->count++];
    copy->region = *region;
    copy->pages = region->committed / PAGE_BYTES;
    copy->entries = snapshot_memory(copy->pages * sizeof *copy->entries);
    copy->bytes = snapshot_memory(copy->pages * PAGE_BYTES);
    pagemap_read((uintptr_t)region->start, copy->pages, copy->entries);
    for (size_t page = 0; page < copy->pages; page++) {
        if (page_is_there(copy->entries[page])) {
            memory_read((uintptr_t)region->start + page * PAGE_BYTES,
                        PAGE_BYTES, copy->bytes + page * PAGE_BYTES);
        }
    }
}

static bool in_a_region(const struct snapshot *snapshot, uintptr_t start)
{
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct region *region = &snapshot->regions[i].region;
        if (start - (uintptr_t)region->start < region->reserved) {
            return true;
        }
    }
    return false;
}

static uint64_t private_pages(uintptr_t start, uintptr_t end)
{
    uint64_t entries[512];
    uint64_t count = 0;
    while (start < end) {
        size_t pages = (end - start) / PAGE_BYTES;
        pages = pages < LENGTH(entries) ? pages : LENGTH(entries);
        pagemap_read(start, pages, entries);
        for (size_t i = 0; i < pages; i++) {
            count += page_is_private(entries[i]);
        }
        start += pages * PAGE_BYTES;
    }
    return count;
}

uint64_t snapshot_own_pages(const struct snapshot *snapshot)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    uint64_t count = 0;
    uintptr_t start;
    uintptr_t end;
    char access[8];
    char line[512];
    if (maps == NULL) {
        snapshot_fail("read /proc/self/maps");
    }
    while (fgets(line, sizeof line, maps) != NULL) {
        if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %7s", &start, &end,
                   access) == 3 &&
            strcmp(access, "rw-p") == 0 && end - start < MAPPING_MOST &&
            !in_a_region(snapshot, start)) {
            count += private_pages(start, end);
        }
    }
    fclose(maps);
    return count;
}

void snapshot_open(struct snapshot *snapshot)
{
    snapshot->count = 0;
    if (!files_open()) {
        snapshot_fail("see the process's own pages");
    }
    collector.each_region(snapshot_add, snapshot);
    snapshot->own_pages = snapshot_own_pages(snapshot);
}

void snapshot_close(struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->count; i++) {
        struct snapshot_region *copy = &snapshot->regions[i];
        munmap(copy->entries, copy->pages * sizeof *copy->entries + 1);
        munmap(copy->bytes, copy->pages * PAGE_BYTES + 1);
    }
    snapshot->count = 0;
}
