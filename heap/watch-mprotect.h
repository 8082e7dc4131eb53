/* watch-mprotect.h: memory that may only be read, and a handler of SIGSEGV that
 * notes the unit and opens it.
 *
 * As in SBCL's gencgc to 2.1, MPS's shield and bdwgc's MPROTECT_VDB.  Protected
 * units next to each other are one mapping of the kernel's, so a unit that is
 * opened among them makes two mappings more, of which a process can have
 * vm.max_map_count.  Protections are inherited over a fork, and the table of
 * units with them, so a child goes on from where its parent was. */
#ifndef HEAP_WATCH_MPROTECT_H
#define HEAP_WATCH_MPROTECT_H

#include "heap/watch-unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static struct {
    struct sigaction before; /* what SIGSEGV did */
    int64_t cuts;            /* between protected and open units */
    int64_t most_cuts;
} protection;

/* The lines of a file, without memory of their own, and its first number. */
static size_t protection_read(const char *path, long *number)
{
    static char text[4096];
    size_t lines = 0;
    ssize_t got;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    *number = 0;
    while (file >= 0 && (got = read(file, text, sizeof text - 1)) > 0) {
        text[got] = '\0';
        *number = lines == 0 ? atol(text) : *number;
        for (ssize_t i = 0; i < got; i++) {
            lines += text[i] == '\n';
        }
    }
    close(file);
    return lines;
}

static _Noreturn void protection_fail(int error)
{
    long most;
    long unused;
    size_t mappings = protection_read("/proc/self/maps", &unused);
    protection_read("/proc/sys/vm/max_map_count", &most);
    fprintf(stderr, "heap: mprotect: %s", strerror(error));
    if (error == ENOMEM) {
        fprintf(stderr,
                ": the process has %zu mappings and vm.max_map_count is %ld: "
                "choose a larger 'unit', or raise vm.max_map_count",
                mappings, most);
    }
    fputc('\n', stderr);
    _exit(EXIT_FAILURE);
}

static void protection_set(const char *start, const char *end, int access)
{
    if (mprotect((void *)start, (size_t)(end - start), access) != 0) {
        protection_fail(errno);
    }
}

static inline bool unit_is_armed(const struct unit_range *range,
                                 const char *unit)
{
    return unit >= range->units && unit < unit_limit(range, range->end) &&
           *unit == UNIT_ARMED;
}

/* The cuts that come when a stretch of armed units is opened, and go when it is
 * armed again. */
static int64_t protection_cuts(const char *start, const char *end)
{
    const struct unit_range *range = unit_range_of(start);
    bool before = unit_is_armed(range, unit_of(range, start) - 1);
    bool behind = unit_is_armed(range, unit_limit(range, end));
    return (before ? 1 : -1) + (behind ? 1 : -1);
}

static void protection_open(const char *start, const char *end)
{
    protection.cuts += protection_cuts(start, end);
    if (protection.cuts > protection.most_cuts) {
        protection.most_cuts = protection.cuts;
    }
    protection_set(start, end, PROT_READ | PROT_WRITE);
}

static void protection_close(const char *start, const char *end)
{
    protection.cuts -= protection_cuts(start, end);
    protection_set(start, end, PROT_READ);
}

/* A fault that is none of ours is repeated under the disposition that was there
 * before, and so is a signal that somebody sent. */
static void protection_trapped(int number, siginfo_t *info, void *context)
{
    const char *address = info->si_addr;
    const struct unit_range *range = unit_range_of(address);
    int error = errno;
    (void)context;
    if (info->si_code != SEGV_ACCERR || range == NULL ||
        *unit_of(range, address) != UNIT_ARMED) {
        sigaction(number, &protection.before, NULL);
        if (info->si_code <= 0) {
            raise(number);
        }
        return;
    }
    char *unit = unit_of(range, address);
    protection_open(unit_start(range, unit), unit_end(range, unit));
    *unit = UNIT_WRITTEN;
    unit_table.traps++;
    errno = error;
}

static const char *watch_mprotect_refused(void)
{
    return NULL;
}

static void watch_mprotect_open(const struct region *const *ranges,
                                size_t count)
{
    struct sigaction action = {.sa_sigaction = protection_trapped,
                               .sa_flags = SA_SIGINFO};
    if (unit_table_is_open()) {
        return; /* the parent's, and right */
    }
    unit_table_open(ranges, count, watch_unit_shift());
    protection.cuts = protection.most_cuts = 0;
    sigaction(SIGSEGV, &action, &protection.before);
}

static void watch_mprotect_arm(char *start, char *end)
{
    units_each(start, end, UNIT_WRITTEN, protection_close);
    units_set(start, end, UNIT_ARMED);
}

static void watch_mprotect_disarm(char *start, char *end)
{
    units_each(start, end, UNIT_ARMED, protection_open);
    units_set(start, end, UNIT_WRITTEN);
}

static void watch_mprotect_close(void)
{
    units_each_armed(protection_open);
    sigaction(SIGSEGV, &protection.before, NULL);
    unit_table_close();
}

static void watch_mprotect_each_written(char *start, char *end,
                                        stretch_visitor *visit)
{
    units_each(start, end, UNIT_WRITTEN, visit);
}

static const struct watch watch_mprotect = {
    .name = "mprotect",
    .refused = watch_mprotect_refused,
    .open = watch_mprotect_open,
    .close = watch_mprotect_close,
    .arm = watch_mprotect_arm,
    .disarm = watch_mprotect_disarm,
    .each_written = watch_mprotect_each_written,
};

#endif
