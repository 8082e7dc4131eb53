/* window.h: a space that is always somewhere else.
 *
 * Objects lie in a window, filled from its start, that moves through a large
 * reserve: its successor begins above it, or at the bottom when there is no
 * room above, and what it has left is given back and loses every access.  So an
 * address comes back only after the whole reserve was passed through, and a
 * reference that was kept for too long faults.  Each word of the window has a
 * shadow, at the same offset in a region beside it. */
#ifndef HEAP_WINDOW_H
#define HEAP_WINDOW_H

#include "heap/region.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

struct window {
    char *start;
    char *next;   /* where the next object goes */
    char *usable; /* end of what is accessible */
};

static struct region window_objects;
static struct region window_shadow;
static struct window window;

static void window_open(size_t reserve)
{
    region_open(&window_objects, "objects", REGION_OBJECTS, reserve);
    region_open(&window_shadow, "shadow", "shadow", reserve);
    window.start = window.next = window.usable = window_objects.start;
}

static void window_close(void)
{
    region_close(&window_objects);
    region_close(&window_shadow);
}

static inline void *window_shadow_of(const void *word)
{
    return window_shadow.start + ((const char *)word - window_objects.start);
}

/* Whether an object could be here. */
static inline bool window_holds(const struct window *in, const void *address)
{
    return (uintptr_t)address - (uintptr_t)in->start <
           (size_t)(in->next - in->start);
}

/* Whether the address is of either region, accessible or not. */
static inline bool window_reserves(uintptr_t address)
{
    return address - (uintptr_t)window_objects.start <
               window_objects.reserved ||
           address - (uintptr_t)window_shadow.start < window_shadow.reserved;
}

static void window_change(char *start, size_t bytes, int access)
{
    char *shadow = window_shadow_of(start);
    bool done = mprotect(start, bytes, access) == 0 &&
                mprotect(shadow, bytes, access) == 0;
    if (access == PROT_NONE) {
        done = done && madvise(start, bytes, MADV_DONTNEED) == 0 &&
               madvise(shadow, bytes, MADV_DONTNEED) == 0;
    }
    if (!done) {
        fprintf(stderr, "heap: cannot %s the window: %s\n",
                access == PROT_NONE ? "discard" : "commit", strerror(errno));
        exit(EXIT_FAILURE);
    }
}

static size_t window_room_above(const char *end)
{
    return (size_t)(window_objects.start + window_objects.reserved - end);
}

/* The next bytes of the window, zero; NULL when, so large, it would have no
 * room for a successor of its size.  A copy of what it holds never fails. */
static char *window_take(size_t bytes)
{
    if (bytes > (size_t)(window.usable - window.next)) {
        size_t grown = (size_t)(window.next - window.start) + bytes;
        grown = (grown + REGION_ALIGNED - 1) / REGION_ALIGNED * REGION_ALIGNED;
        size_t above = window_room_above(window.start);
        size_t below = (size_t)(window.start - window_objects.start);
        if (grown > above || (grown > below && 2 * grown > above)) {
            return NULL;
        }
        size_t more = grown - (size_t)(window.usable - window.start);
        window_change(window.usable, more, PROT_READ | PROT_WRITE);
        window.usable += more;
    }
    char *taken = window.next;
    window.next += bytes;
    return taken;
}

/* Begins the successor, empty.  Returns the window that was. */
static struct window window_turn(void)
{
    struct window old = window;
    size_t bytes = (size_t)(old.usable - old.start);
    window.start = window_room_above(old.usable) >= bytes
                       ? old.usable
                       : window_objects.start;
    window.next = window.usable = window.start;
    return old;
}

static void window_retire(const struct window *old)
{
    window_change(old->start, (size_t)(old->usable - old->start), PROT_NONE);
}

#endif
