/* watch-soft-dirty.h: pages that the kernel marks soft-dirty (bit 55 of
 * /proc/self/pagemap) when they are written after "4" went to
 * /proc/self/clear_refs.
 *
 * As in bdwgc's SOFT_VDB.  The write to clear_refs forgets the whole process,
 * so what was noticed until then goes to a table first, a byte for a page.
 * Where the kernel was built without it the write succeeds and no bit is ever
 * set: only trying tells.
 * Source: Documentation/admin-guide/mm/soft-dirty.rst. */
#ifndef HEAP_WATCH_SOFT_DIRTY_H
#define HEAP_WATCH_SOFT_DIRTY_H

#include "heap/pagemap.h"
#include "heap/watch-unit.h"

/* Returns NULL, or why it failed. */
static const char *soft_dirty_clear(void)
{
    int file = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
    bool cleared = file >= 0 && write(file, "4", 1) == 1;
    const char *why = cleared ? NULL : strerror(errno);
    if (file >= 0) {
        close(file);
    }
    return why;
}

static bool soft_dirty_is(const volatile void *address)
{
    pagemap_begin();
    bool is = pagemap_entry((const void *)address) & PAGEMAP_SOFT_DIRTY;
    pagemap_end();
    return is;
}

static const char *watch_soft_dirty_refused(void)
{
    static volatile char tried;
    tried = 1;
    const char *why = soft_dirty_clear();
    if (why != NULL) {
        return why;
    }
    tried = 2;
    return soft_dirty_is(&tried) ? NULL
                                 : "the kernel does not mark written pages "
                                   "(CONFIG_MEM_SOFT_DIRTY "
                                   "is not set)";
}

/* A child's table is its parent's, whose bits may have gone. */
static void watch_soft_dirty_open(const struct region *const *ranges,
                                  size_t count)
{
    if (unit_table_is_open()) {
        unit_table_forget();
    } else {
        unit_table_open(ranges, count, 12);
    }
}

static void watch_soft_dirty_close(void)
{
    unit_table_close();
}

static void soft_dirty_note(const char *start, const char *end)
{
    units_set((char *)start, (char *)end, UNIT_WRITTEN);
}

static void soft_dirty_look(const char *start, const char *end)
{
    pagemap_each(start, end, PAGEMAP_SOFT_DIRTY, soft_dirty_note);
}

static void watch_soft_dirty_arm(char *start, char *end)
{
    units_each_armed(soft_dirty_look);
    const char *why = soft_dirty_clear();
    if (why != NULL) {
        fprintf(stderr, "heap: /proc/self/clear_refs: %s\n", why);
        exit(EXIT_FAILURE);
    }
    units_set(start, end, UNIT_ARMED);
}

static void watch_soft_dirty_disarm(char *start, char *end)
{
    units_set(start, end, UNIT_WRITTEN);
}

static void watch_soft_dirty_each_written(char *start, char *end,
                                          stretch_visitor *visit)
{
    soft_dirty_look(start, end);
    units_each(start, end, UNIT_WRITTEN, visit);
}

static const struct watch watch_soft_dirty = {
    .name = "soft-dirty",
    .refused = watch_soft_dirty_refused,
    .open = watch_soft_dirty_open,
    .close = watch_soft_dirty_close,
    .arm = watch_soft_dirty_arm,
    .disarm = watch_soft_dirty_disarm,
    .each_written = watch_soft_dirty_each_written,
};

#endif
