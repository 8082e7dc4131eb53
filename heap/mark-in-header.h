/* mark-in-header.h: what placements in the object's header have in common: no
 * table, no option, and a mark that lies where the object does. */
#ifndef HEAP_MARK_IN_HEADER_H
#define HEAP_MARK_IN_HEADER_H

#include "heap/heap.h"

#define MARK_OPTIONS

static void mark_open(void) {}

static void mark_close(void) {}

static void mark_each_region(region_visitor *visit, void *context)
{
    (void)visit;
    (void)context;
}

/* Marks that lie among the objects. */
static void mark_each_extent(extent_visitor *visit, void *context)
{
    (void)visit;
    (void)context;
}

static void mark_end(void) {}

/* Where the object's mark lies. */
static const void *mark_of(const struct object *object)
{
    return object;
}

#endif
