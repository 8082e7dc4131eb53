/* sticky-collector.h: the declaration that the collectors with sticky marks
 * share.
 *
 * A member includes mark-side.h and a placement of the age, then this, and
 * names itself with STICKY_COLLECTOR. */
#ifndef HEAP_STICKY_COLLECTOR_H
#define HEAP_STICKY_COLLECTOR_H

#include "heap/sticky.h"

static const struct metadata sticky_metadata[] = {STICKY_METADATA};

static const struct parameter sticky_options[] = {STICKY_OPTIONS};

static const struct prepare_step sticky_prepare[] = {STICKY_PREPARE};

#define STICKY_COLLECTOR(NAME, STANDS_FOR, ABOUT)                              \
    const struct collector collector = {                                       \
        .name = NAME,                                                          \
        .about = ABOUT,                                                        \
        .stands_for = STANDS_FOR,                                              \
        .metadata = sticky_metadata,                                           \
        .metadata_count = LENGTH(sticky_metadata),                             \
        .options = sticky_options,                                             \
        .option_count = LENGTH(sticky_options),                                \
        .prepare = sticky_prepare,                                             \
        .prepare_count = LENGTH(sticky_prepare),                               \
        .open = sticky_open,                                                   \
        .close = sticky_close,                                                 \
        .collect = sticky_collect,                                             \
        .before_fork = sticky_before_fork,                                     \
        .after_fork = sticky_after_fork,                                       \
        .request_begin = nothing_at_request,                                   \
        .request_end = nothing_at_request,                                     \
        .each_region = sticky_each_region,                                     \
        .each_extent = swept_each_extent,                                      \
        .mark_of = mark_of,                                                    \
        .is_pinned = nothing_is_pinned,                                        \
        .counters = sticky_counters,                                           \
        .verify = heap_verify,                                                 \
    }

#endif
