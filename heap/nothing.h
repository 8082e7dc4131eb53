/* nothing.h: the operations of a collector that has nothing to do there. */
#ifndef HEAP_NOTHING_H
#define HEAP_NOTHING_H

#include "collectors/collector.h"

/* Logs nothing either: there was no collection. */
static inline void nothing_to_collect(enum collection_kind kind,
                                      enum collection_why why)
{
    (void)kind;
    (void)why;
}

static inline void nothing_before_fork(void) {}

static inline void nothing_after_fork(unsigned worker)
{
    (void)worker;
}

static inline void nothing_at_request(void) {}

static inline void nothing_to_visit(extent_visitor *visit, void *context)
{
    (void)visit;
    (void)context;
}

static inline const void *nothing_is_marked(const struct object *object)
{
    (void)object;
    return NULL;
}

static inline bool nothing_is_pinned(const struct object *object)
{
    (void)object;
    return false;
}

static inline const char *nothing_to_verify(void)
{
    return NULL;
}

#endif
