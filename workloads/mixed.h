/* mixed.h: several workloads in one heap, each request drawn among them.
 *
 * After a server that does more than one thing.  Its parts are workloads of
 * their own: all are loaded, in the order below, and each request is one of a
 * part, drawn by weights.  The parts' parameters are given as PART.PARAMETER,
 * as in session-cache.sets=5.  At scale 1000 each part has its own size divided
 * by the number of parts, so that the whole is as large as any one of them; a
 * part's own scale multiplies that.  What is loaded of the first seven does not
 * depend on the weights: one of weight 0 is inherited, and no request touches
 * it.  The others, which have none unless it is given, are parts only with one.
 *
 * The first random number of a request decides the part, the second is the
 * state of the part's own random numbers; at load each part takes one for its
 * state.  A part's requests are numbered for themselves, from 0 in each worker.
 * The reply is mix(r ^ p), r being the part's reply and p the part's number
 * from 1; the checksum starts as 0 and becomes mix(checksum ^ c) with each
 * part's.
 *
 * The application's own writes to inherited objects are those of the parts.
 * Kinds of objects are numbered by each part for itself. */
#ifndef WORKLOADS_MIXED_H
#define WORKLOADS_MIXED_H

#include "workloads/request-mix.h"
#include "workloads/scale.h"
#include "workloads/workload.h"

#include "workloads/constant-caches.h"
#include "workloads/fragmented.h"
#include "workloads/inline-cache.h"
#include "workloads/key-value.h"
#include "workloads/orm-graph.h"
#include "workloads/page-render.h"
#include "workloads/read-mostly.h"
#include "workloads/session-cache.h"
#include "workloads/skkzipcode-like.h"

/* A line makes a workload a part: its struct, its name, its weight. */
#define MIXED_PARTS(PART)                                                      \
    PART(read_mostly, "read-mostly", 50)                                       \
    PART(session_cache, "session-cache", 30)                                   \
    PART(page_render, "page-render", 20)                                       \
    PART(orm_graph, "orm-graph", 20)                                           \
    PART(key_value, "key-value", 20)                                           \
    PART(fragmented, "fragmented", 10)                                         \
    PART(skkzipcode_like, "skkzipcode-like", 10)

/* Likewise, one that is loaded only if it has a weight. */
#define MIXED_OTHERS(PART)                                                     \
    PART(inline_cache, "inline-cache", 0)                                      \
    PART(constant_caches, "constant-caches", 0)

#define MIXED_ALL(PART) MIXED_PARTS(PART) MIXED_OTHERS(PART)

#define MIXED_NUMBER(part, name, weight)  MIXED_##part,
#define MIXED_ONE(part, name, weight)     +1
#define MIXED_WEIGHT(part, name, weight)  weight,
#define MIXED_POINTER(part, name, weight) &part,
#define MIXED_PARAMETER(part, name, weight)                                    \
    WEIGHT_PARAMETER(name, &mixed_weights[MIXED_##part]),

enum { MIXED_ALL(MIXED_NUMBER) MIXED_COUNT };
enum { MIXED_ALWAYS = 0 MIXED_PARTS(MIXED_ONE) };

static int64_t mixed_scale = SCALE_DEFAULT;
static int64_t mixed_weights[] = {MIXED_ALL(MIXED_WEIGHT)};

static const struct parameter mixed_parameters[] = {
    SCALE_PARAMETER(&mixed_scale, "seven parts, each a seventh of its own size",
                    "50"),
    MIXED_ALL(MIXED_PARAMETER)};

static const struct workload *const mixed_parts[] = {MIXED_ALL(MIXED_POINTER)
                                                         NULL};

static uint64_t mixed_served[MIXED_COUNT]; /* requests of each part */

static const char *mixed_wrong(void)
{
    return request_mix_wrong(mixed_weights, MIXED_COUNT);
}

static inline bool mixed_is_loaded(size_t part)
{
    return part < MIXED_ALWAYS || mixed_weights[part] > 0;
}

static void mixed_load(struct random *random)
{
    uint64_t loaded = 0;
    for (size_t i = 0; i < MIXED_COUNT; i++) {
        loaded += mixed_is_loaded(i);
    }
    scale_share.part = (uint64_t)mixed_scale;
    scale_share.of = SCALE_DEFAULT * loaded;
    for (size_t i = 0; i < MIXED_COUNT; i++) {
        if (mixed_is_loaded(i)) {
            struct random own = {random_next(random)};
            mixed_parts[i]->load(&own);
        }
    }
}

/* The call of the part is the one through a pointer. */
static uint64_t mixed_request(uint64_t number, struct random *random)
{
    (void)number;
    size_t part = request_mix_draw(mixed_weights, MIXED_COUNT, random);
    struct random own = {random_next(random)};
    return mix(mixed_parts[part]->request(mixed_served[part]++, &own) ^
               (part + 1));
}

static uint64_t mixed_check(void)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < MIXED_COUNT; i++) {
        if (mixed_is_loaded(i)) {
            sum = mix(sum ^ mixed_parts[i]->check());
        }
    }
    return sum;
}

static const struct workload mixed = {
    .name = "mixed",
    .about = "several workloads in one heap, each request drawn among them",
    .parameters = mixed_parameters,
    .parameter_count = LENGTH(mixed_parameters),
    .parts = mixed_parts,
    .wrong = mixed_wrong,
    .load = mixed_load,
    .request = mixed_request,
    .check = mixed_check,
};

#endif
