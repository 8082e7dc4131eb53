/* vocabulary.h: the words in which a workload is written.
 *
 * Every collector defines them all as static inline functions, those that only
 * access as WORD (heap/object.h), before it includes the workloads; here stands
 * what they promise, and the compiler names one that is missing or has other
 * types.  Beside them stand FRAME and FRAME_END, the roots of heap/frame.h. */
#ifndef WORKLOADS_VOCABULARY_H
#define WORKLOADS_VOCABULARY_H

#include "heap/frame.h"
#include "heap/object.h"

/* A new object, its references null, its raw bytes undefined.  May collect:
 * every reference that is held across it must be in a frame. */
static inline ref object_new(struct shape shape);

/* A new object whose `count` references lie in a buffer of their own. */
static inline ref object_new_buffered(uint8_t kind, size_t count);

/* The object's references, from 0.  `init` is a store to an object after whose
 * making nothing was allocated, so that no barrier can be needed. */
WORD ref ref_load(ref object, size_t index);
WORD void ref_init(ref object, size_t index, ref value);
WORD void ref_store(ref object, size_t index, ref value);

/* The same for the references of a buffered object. */
WORD ref item_load(ref object, size_t index);
WORD void item_init(ref object, size_t index, ref value);
WORD void item_store(ref object, size_t index, ref value);

/* Payload: raw bytes, which hold no reference.  Words and bytes are counted
 * from the start of the raw bytes of an object of that shape. */
WORD uint64_t raw_load_word(ref object, struct shape shape, size_t index);
WORD void raw_store_word(ref object, struct shape shape, size_t index,
                         uint64_t word);
WORD unsigned char raw_load_byte(ref object, struct shape shape, size_t index);
WORD void raw_fill(ref object, struct shape shape, size_t index,
                   unsigned char byte, size_t count);
/* Between two objects, or two stretches of one that do not overlap. */
WORD void raw_copy(ref object, struct shape shape, size_t index, ref from,
                   struct shape from_shape, size_t from_index, size_t count);

/* The roots of a frame.  A root that is stored to holds the object until it is
 * stored to again, dropped, or taken from: then it is null, and the object, if
 * nothing else holds it, is the caller's to store before anything is allocated
 * or dropped.  A new object is the caller's in the same way, so what
 * object_new() or a function returns must be stored somewhere to die. */
static inline void root_store(struct root *root, ref value);
static inline ref root_take(struct root *root);
static inline void roots_drop(struct root *roots, size_t count);

/* An interpreter that holds a reference in a local counts it: real in
 * reference counting, nothing elsewhere. */
WORD void retain(ref local);
WORD void release(ref local);

#endif
