/* stores.h: references stored into old objects, so many a request.
 *
 * The bench on which store barriers are weighed: equal objects, all live, found
 * by number through two levels of arrays, so that a pick is two loads.  A
 * request makes one new object, stores a reference to it (or to an old one)
 * into objects that follow each other, a stride apart, or are drawn at random,
 * and reads others in the same way.  Sequential requests go on where the last
 * one ended and begin again at the first object.
 *
 * The application's own writes to inherited objects are these stores. */
#ifndef WORKLOADS_STORES_H
#define WORKLOADS_STORES_H

#include "workloads/vocabulary.h"
#include "workloads/workload.h"

enum { STORES_YOUNG, STORES_OLD };
enum { STORES_SEQUENTIAL, STORES_RANDOM };

static int64_t stores_object_bytes = 64;
static int64_t stores_heap_bytes = INT64_C(64) << 20;
static int64_t stores_stores = 1000;
static int64_t stores_stored = STORES_YOUNG;
static int64_t stores_reads = 1000;
static int64_t stores_order = STORES_SEQUENTIAL;
static int64_t stores_stride = 1;
static int64_t stores_allocate = 0;

static const struct parameter stores_parameters[] = {
    {"object-bytes", &stores_object_bytes, 32, 65536, NULL, "bytes",
     "size of every object, header included"},
    {"heap-bytes", &stores_heap_bytes, 65536, INT64_C(1) << 38, NULL, "bytes",
     "total size of the objects built in the template"},
    {"stores", &stores_stores, 0, 1000000000, NULL, "stores",
     "references that a request stores into these objects"},
    {"stored", &stores_stored, 0, 1, "young|old", NULL,
     "what they refer to: an object that the request made, or the first of "
     "all"},
    {"reads", &stores_reads, 0, 1000000000, NULL, "objects",
     "objects that a request reads"},
    {"order", &stores_order, 0, 1, "sequential|random", NULL,
     "which objects are stored to and read"},
    {"stride", &stores_stride, 1, 1000000000, NULL, "objects",
     "from one object to the next in sequence"},
    {"allocate", &stores_allocate, 0, 1000000000, NULL, "objects",
     "objects that a request allocates and drops"},
};

#define STORES_LINK  0 /* the one reference of an object */
#define STORES_CHUNK 1024u

static struct root stores_root[1]; /* array of chunks of objects */
static struct frame stores_frame;

static inline uint64_t stores_count(void)
{
    return (uint64_t)(stores_heap_bytes / stores_object_bytes);
}

static inline struct shape stores_shape(void)
{
    return (struct shape){
        0, 1,
        (uint32_t)((size_t)stores_object_bytes - HEADER_BYTES - sizeof(ref))};
}

static ref stores_object_new(uint64_t value)
{
    struct shape shape = stores_shape();
    ref object = object_new(shape);
    raw_fill(object, shape, 0, 0, shape.raw_bytes);
    raw_store_word(object, shape, 0, value);
    return object;
}

static ref stores_array_new(uint64_t count)
{
    return object_new((struct shape){1, (uint32_t)count, 0});
}

static void stores_load(struct random *random)
{
    uint64_t count = stores_count();
    frame_push(&stores_frame, stores_root, LENGTH(stores_root));
    root_store(&stores_root[0],
               stores_array_new((count + STORES_CHUNK - 1) / STORES_CHUNK));
    FRAME(local, 1);
    for (uint64_t k = 0; k < count; k++) {
        if (k % STORES_CHUNK == 0) {
            uint64_t left = count - k;
            root_store(
                &local[0],
                stores_array_new(left < STORES_CHUNK ? left : STORES_CHUNK));
            ref_store(root_load(stores_root[0]), k / STORES_CHUNK,
                      root_load(local[0]));
        }
        ref object = stores_object_new(random_next(random));
        ref_store(root_load(local[0]), k % STORES_CHUNK, object);
    }
    FRAME_END(local);
}

static inline ref stores_object(uint64_t k)
{
    return ref_load(ref_load(root_load(stores_root[0]), k / STORES_CHUNK),
                    k % STORES_CHUNK);
}

/* The objects of a request one after the other. */
struct stores_picker {
    struct random *random; /* NULL: in sequence */
    uint64_t next, stride, count;
};

static inline struct stores_picker stores_picker_new(uint64_t first,
                                                     struct random *random)
{
    uint64_t stride = (uint64_t)stores_stride;
    uint64_t count = stores_count();
    return (struct stores_picker){stores_order == STORES_RANDOM ? random : NULL,
                                  first * stride % count, stride % count,
                                  count};
}

static inline ref stores_pick(struct stores_picker *picker)
{
    if (picker->random != NULL) {
        return stores_object(random_next(picker->random) % picker->count);
    }
    uint64_t k = picker->next;
    picker->next += picker->stride;
    if (picker->next >= picker->count) {
        picker->next -= picker->count;
    }
    return stores_object(k);
}

static uint64_t stores_request(uint64_t number, struct random *random)
{
    uint64_t stores = (uint64_t)stores_stores;
    uint64_t reads = (uint64_t)stores_reads;
    uint64_t total = 0;
    FRAME(local, 1);
    for (int64_t i = stores_allocate; i > 0; i--) {
        root_store(&local[0], stores_object_new(number));
    }
    root_store(&local[0], stores_stored == STORES_YOUNG
                              ? stores_object_new(number)
                              : stores_object(0));
    struct stores_picker picker = stores_picker_new(number * stores, random);
    for (uint64_t i = 0; i < stores; i++) {
        ref object = stores_pick(&picker);
        retain(object);
        ref_store(object, STORES_LINK, root_load(local[0]));
        release(object);
    }
    FRAME_END(local);
    picker = stores_picker_new(number * reads, random);
    for (uint64_t i = 0; i < reads; i++) {
        ref object = stores_pick(&picker);
        retain(object);
        total += raw_load_word(object, stores_shape(), 0);
        release(object);
    }
    return mix(total ^ number);
}

static uint64_t stores_check(void)
{
    struct shape shape = stores_shape();
    uint64_t sum = 0;
    for (uint64_t k = 0; k < stores_count(); k++) {
        ref object = stores_object(k);
        ref link = ref_load(object, STORES_LINK);
        sum = mix(sum ^ raw_load_word(object, shape, 0));
        if (!ref_is_null(link)) {
            sum = mix(sum ^ raw_load_word(link, shape, 0));
        }
    }
    return sum;
}

static const struct workload stores = {
    .name = "stores",
    .about = "references stored into old objects, so many a request",
    .parameters = stores_parameters,
    .parameter_count = LENGTH(stores_parameters),
    .load = stores_load,
    .request = stores_request,
    .check = stores_check,
};

#endif
