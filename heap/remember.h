/* remember.h: a means of remembering: how a minor collection finds the
 * references from old objects to young ones.
 *
 * remember-flag.h, remember-card.h and remember-page.h are the means.  A
 * collector includes one of them, after its promotion.  Each also defines
 * REMEMBERED_METADATA, and REMEMBERED_OPTIONS, of which each ends in a comma.
 */
#ifndef HEAP_REMEMBER_H
#define HEAP_REMEMBER_H

#include "collectors/collector.h"
#include "heap/object.h"

/* What a store into an object costs besides: a reference is about to be put
 * into the slot, which lies in the object or in its buffer. */
static inline void remember_stored(struct object *object, const ref *slot);

/* The header flags of an old object that is not remembered. */
static inline unsigned remembered_flags(void);

/* An object that is old from birth, and whose references are null.  It may be
 * filled with young ones before anything else happens, without a barrier. */
static inline void remembered_made(struct object *object);

/* An object is about to exist at this place, in the space that old objects are
 * copied to; of so many bytes. */
static inline void remembered_placed(const void *place, size_t bytes);

/* Within a minor collection: visits, by minor_visit_old(), each slot of old
 * memory that may have been stored to since the last one. */
static inline void remembered_trace(void);

/* Nothing is young, and all that was remembered can be forgotten. */
static inline void remembered_renew(void);

/* A full collection is about to write to all of old memory; remembered_renew()
 * is called behind it. */
static inline void remembered_before_full(void);

static inline void remembered_open(void);
static inline void remembered_close(void);
static inline void remembered_each_region(region_visitor *visit, void *context);

/* In a new worker. */
static inline void remembered_after_fork(void);

static inline void remembered_counters(number_visitor *visit, void *context);

#endif
