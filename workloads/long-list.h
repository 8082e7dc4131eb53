/* long-list.h: a list of any length, in chunks.
 *
 * It stands for one long list of a real runtime.  An object has at most
 * OBJECT_MAX_COUNT references, so it is a list of lists, each of which lies in
 * either shape of list.h; a reader holds none of them.  It is made at its full
 * length, of null references. */
#ifndef WORKLOADS_LONG_LIST_H
#define WORKLOADS_LONG_LIST_H

#include "workloads/list.h"

#define LONG_LIST_CHUNK UINT64_C(4096) /* references, but in the last one */

static inline ref long_list_new(enum list_shape shape, uint8_t kind,
                                uint64_t length)
{
    uint64_t chunks = (length + LONG_LIST_CHUNK - 1) / LONG_LIST_CHUNK;
    FRAME(local, 1);
    root_store(&local[0], list_new(shape, kind, chunks));
    for (uint64_t i = 0; i < chunks; i++) {
        uint64_t left = length - i * LONG_LIST_CHUNK;
        ref chunk = list_new(shape, kind,
                             left < LONG_LIST_CHUNK ? left : LONG_LIST_CHUNK);
        list_store(shape, root_load(local[0]), i, chunk);
    }
    ref result = root_take(&local[0]);
    FRAME_END(local);
    return result;
}

static inline ref long_list_load(enum list_shape shape, ref list,
                                 uint64_t index)
{
    ref chunk = list_load(shape, list, index / LONG_LIST_CHUNK);
    return list_load(shape, chunk, index % LONG_LIST_CHUNK);
}

static inline void long_list_store(enum list_shape shape, ref list,
                                   uint64_t index, ref value)
{
    ref chunk = list_load(shape, list, index / LONG_LIST_CHUNK);
    list_store(shape, chunk, index % LONG_LIST_CHUNK, value);
}

#endif
