/* watch-userfaultfd.h: pages that the kernel write-protects for a thread of the
 * process (userfaultfd): it is told of the first write to each unit, notes it
 * and lets the writer go on.
 *
 * As in QEMU's background snapshots.  The writer sleeps meanwhile, so a trap is
 * two switches between threads.  The thread ends when
 * it is told of a write to a page that nobody else writes, the bell. */
#ifndef HEAP_WATCH_USERFAULTFD_H
#define HEAP_WATCH_USERFAULTFD_H

#include "heap/userfaultfd.h"
#include "heap/watch-unit.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>

#define USERFAULTFD_STACK ((size_t)256 << 10)

static struct {
    int file;
    pthread_t thread;
    char *bell; /* a page */
} userfaultfd = {.file = -1};

/* A write to an armed unit, told by its first byte or any other. */
static void userfaultfd_trapped(const char *address)
{
    const struct unit_range *range = unit_range_of(address);
    char *unit = unit_of(range, address);
    char *start = unit_start(range, unit);
    *unit = UNIT_WRITTEN;
    unit_table.traps++;
    userfaultfd_protect(userfaultfd.file, start,
                        (size_t)(unit_end(range, unit) - start), false);
}

static void *userfaultfd_answer(void *unused)
{
    (void)unused;
    for (;;) {
        struct uffd_msg message;
        if (read(userfaultfd.file, &message, sizeof message) !=
            (ssize_t)sizeof message) {
            userfaultfd_fail("read userfaultfd");
        }
        char *address = (char *)(uintptr_t)message.arg.pagefault.address;
        if ((size_t)(address - userfaultfd.bell) < PAGE_BYTES) {
            userfaultfd_protect(userfaultfd.file, userfaultfd.bell, PAGE_BYTES,
                                false);
            return NULL;
        }
        userfaultfd_trapped(address);
    }
}

/* The thread takes no signal, and a small stack. */
static bool userfaultfd_start(void)
{
    sigset_t all, before;
    pthread_attr_t attributes;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, USERFAULTFD_STACK);
    errno = pthread_create(&userfaultfd.thread, &attributes, userfaultfd_answer,
                           NULL);
    pthread_attr_destroy(&attributes);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return errno == 0;
}

/* Returns NULL, or why it cannot be done. */
static const char *userfaultfd_begin(void)
{
    const char *why =
        userfaultfd_open(&userfaultfd.file, UFFD_FEATURE_PAGEFAULT_FLAG_WP |
                                                UFFD_FEATURE_WP_UNPOPULATED);
    if (why != NULL) {
        userfaultfd.file = -1;
        return why;
    }
    userfaultfd.bell = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (userfaultfd.bell == MAP_FAILED) {
        userfaultfd_fail("mmap");
    }
    if (!userfaultfd_register(userfaultfd.file, userfaultfd.bell, PAGE_BYTES)) {
        why = userfaultfd_why("UFFDIO_REGISTER");
    } else if (!userfaultfd_start()) {
        why = userfaultfd_why("pthread_create");
    }
    if (why != NULL) {
        munmap(userfaultfd.bell, PAGE_BYTES);
        close(userfaultfd.file);
        userfaultfd.file = -1;
    }
    return why;
}

static void userfaultfd_end(void)
{
    userfaultfd_protect(userfaultfd.file, userfaultfd.bell, PAGE_BYTES, true);
    *(volatile char *)userfaultfd.bell = 1;
    pthread_join(userfaultfd.thread, NULL);
    munmap(userfaultfd.bell, PAGE_BYTES);
    close(userfaultfd.file);
    userfaultfd.file = -1;
}

static const char *watch_userfaultfd_refused(void)
{
    const char *why = userfaultfd_begin();
    if (why == NULL) {
        userfaultfd_end();
    }
    return why;
}

/* In a child the file is that of its parent's memory, and the thread has
 * stayed there. */
static void watch_userfaultfd_open(const struct region *const *ranges,
                                   size_t count)
{
    if (userfaultfd.file >= 0) {
        munmap(userfaultfd.bell, PAGE_BYTES);
        close(userfaultfd.file);
        unit_table_forget();
    } else {
        unit_table_open(ranges, count, watch_unit_shift());
    }
    const char *why = userfaultfd_begin();
    if (why != NULL) {
        fprintf(stderr, "heap: %s\n", why);
        exit(EXIT_FAILURE);
    }
    userfaultfd_register_all(userfaultfd.file, ranges, count);
}

static void watch_userfaultfd_close(void)
{
    userfaultfd_end();
    unit_table_close();
}

static void userfaultfd_arm(const char *start, const char *end)
{
    userfaultfd_protect(userfaultfd.file, start, (size_t)(end - start), true);
}

static void userfaultfd_disarm(const char *start, const char *end)
{
    userfaultfd_protect(userfaultfd.file, start, (size_t)(end - start), false);
}

static void watch_userfaultfd_arm(char *start, char *end)
{
    units_each(start, end, UNIT_WRITTEN, userfaultfd_arm);
    units_set(start, end, UNIT_ARMED);
}

static void watch_userfaultfd_disarm(char *start, char *end)
{
    units_each(start, end, UNIT_ARMED, userfaultfd_disarm);
    units_set(start, end, UNIT_WRITTEN);
}

static void watch_userfaultfd_each_written(char *start, char *end,
                                           stretch_visitor *visit)
{
    units_each(start, end, UNIT_WRITTEN, visit);
}

static const struct watch watch_userfaultfd = {
    .name = "userfaultfd",
    .refused = watch_userfaultfd_refused,
    .open = watch_userfaultfd_open,
    .close = watch_userfaultfd_close,
    .arm = watch_userfaultfd_arm,
    .disarm = watch_userfaultfd_disarm,
    .each_written = watch_userfaultfd_each_written,
};

#endif
