/* watch.h: a means to learn which pages of memory were written, without an
 * instruction at the store.
 *
 * The ranges are whole units of option_unit bytes (a multiple of the page; a
 * means that needs no trap knows single pages all the same).  A range that was
 * never armed counts as written.  Every operation is cold; a process that was
 * forked opens its own watch and arms anew.  No page that was written since it
 * was armed is ever missed; one that was not may be named, and one that was
 * never touched need not be.  Memory is disarmed before it is given back to the
 * kernel, which forgets the protection of its pages. */
#ifndef HEAP_WATCH_H
#define HEAP_WATCH_H

#include "heap/region.h"

typedef void stretch_visitor(const char *start, const char *end);

struct watch {
    const char *name;
    /* NULL, or why this kernel or this process cannot use the means; found by
     * trying it on a page, never by a version number.  The string is static. */
    const char *(*refused)(void);
    /* Begins to watch in this process; ranges are registered up to their
     * reserved end.  A failure ends the program with a message. */
    void (*open)(const struct region *const *ranges, size_t count);
    void (*close)(void);
    /* From here on writes between start and end are noticed, and what was
     * noticed there is forgotten. */
    void (*arm)(char *start, char *end);
    /* Writes there cost nothing again, and it counts as written: before a
     * collection that writes all of it. */
    void (*disarm)(char *start, char *end);
    /* The stretches between start and end that may have been written since they
     * were armed, in address order, each whole units or pages. */
    void (*each_written)(char *start, char *end, stretch_visitor *visit);
};

#endif
