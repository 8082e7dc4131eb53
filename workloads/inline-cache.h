/* inline-cache.h: methods whose inline caches are filled when they are first
 * called.
 *
 * After Jean Boussier's finding at Shopify ("The Pitchfork Story",
 * byroot.github.io, March 2025): Ruby's virtual machine caches classes and
 * constants beside the bytecode that looked them up, so that each worker, as it
 * warms up, writes a few words into nearly every page of inherited bytecode.
 * It stresses many small lazy writes to inherited objects, for which no
 * collector is to blame, and what a layout can do about them.
 *
 * At scale 1000 the template has `methods` methods, and `classes` classes that
 * their `slots` caches refer to once they are filled: slot s of method i, both
 * counted from 0, to class number mix(i * slots + s) mod classes.  With
 * `caches`
 *   together  the slots are in the method's object, before its bytecode
 *   apart     they are an object of their own, all of which are made after the
 *             last method, so that they lie side by side
 * Methods have a rank: the method of rank k, of n, is number
 * k * 2654435761 mod n, so that what is called often lies scattered.  The first
 * `warm` permille of the ranks were called before the fork.
 *
 * A request makes `calls` calls.  Each takes two random numbers: if the first
 * one modulo 1000 is below `hot-calls`, the rank is the second one modulo h,
 * else h plus the second one modulo n - h, where the first h of n ranks,
 * `hot` permille and at least one, are hot; with h = n it is always the former.
 * A call fills the slots that are null and adds to the total the numbers of the
 * classes and of the method; the reply is mix(total), modulo 2^64.
 *
 * Nothing is allocated.  The application's own writes to inherited objects are
 * the slots that a worker fills. */
#ifndef WORKLOADS_INLINE_CACHE_H
#define WORKLOADS_INLINE_CACHE_H

#include "workloads/long-list.h"
#include "workloads/scale.h"
#include "workloads/workload.h"

enum { INLINE_CACHE_TOGETHER, INLINE_CACHE_APART };
enum {
    INLINE_CACHE_LIST,
    INLINE_CACHE_METHOD,
    INLINE_CACHE_SLOTS,
    INLINE_CACHE_CLASS
};
enum { INLINE_CACHE_METHODS, INLINE_CACHE_CLASSES, INLINE_CACHE_ROOTS };

#define INLINE_CACHE_SCATTER UINT64_C(2654435761) /* a prime above any n */

static int64_t inline_cache_scale = SCALE_DEFAULT;
static int64_t inline_cache_methods = 100000;
static int64_t inline_cache_bytecode_bytes = 512;
static int64_t inline_cache_slots = 4;
static int64_t inline_cache_caches = INLINE_CACHE_TOGETHER;
static int64_t inline_cache_classes = 500;
static int64_t inline_cache_warm = 0;
static int64_t inline_cache_calls = 1000;
static int64_t inline_cache_hot = 100;
static int64_t inline_cache_hot_calls = 900;

static const struct parameter inline_cache_parameters[] = {
    SCALE_PARAMETER(&inline_cache_scale, "as many methods as `methods` says",
                    "62"),
    {"methods", &inline_cache_methods, 1, 1000000, NULL, "methods",
     "methods in the template at scale 1000"},
    {"bytecode-bytes", &inline_cache_bytecode_bytes, 8, 65536, NULL, "bytes",
     "bytecode of every method, which is never written again"},
    {"slots", &inline_cache_slots, 1, 1000, NULL, "slots",
     "caches that every method has, filled at its first call"},
    {"caches", &inline_cache_caches, 0, 1, "together|apart", NULL,
     "a method's slots beside its bytecode, or side by side with those of the "
     "others"},
    {"classes", &inline_cache_classes, 1, 1000000, NULL, "classes",
     "what the slots refer to"},
    {"warm", &inline_cache_warm, 0, 1000, NULL, "permille",
     "methods that were called before the fork, those of the lowest ranks"},
    {"calls", &inline_cache_calls, 0, 100000000, NULL, "calls",
     "calls that a request makes"},
    {"hot", &inline_cache_hot, 0, 1000, NULL, "permille",
     "methods that most calls are of, those of the lowest ranks"},
    {"hot-calls", &inline_cache_hot_calls, 0, 1000, NULL, "permille",
     "calls that are of these"},
};

static struct {
    uint64_t methods; /* scaled */
    uint64_t hot;     /* of these */
} inline_cache_heap;

static struct root inline_cache_roots[INLINE_CACHE_ROOTS];
static struct frame inline_cache_frame;

#define INLINE_CACHE_CLASS_SHAPE                                               \
    ((struct shape){INLINE_CACHE_CLASS, 0, 2 * sizeof(uint64_t)})

static inline struct shape inline_cache_method_shape(void)
{
    bool apart = inline_cache_caches == INLINE_CACHE_APART;
    return (struct shape){INLINE_CACHE_METHOD,
                          apart ? 1 : (uint32_t)inline_cache_slots,
                          (uint32_t)inline_cache_bytecode_bytes};
}

/* The first word of its bytecode is its number. */
static ref inline_cache_method_new(uint64_t number)
{
    struct shape shape = inline_cache_method_shape();
    ref method = object_new(shape);
    raw_fill(method, shape, 0, 0, shape.raw_bytes);
    raw_store_word(method, shape, 0, number);
    return method;
}

static ref inline_cache_class_new(uint64_t number)
{
    ref class = object_new(INLINE_CACHE_CLASS_SHAPE);
    raw_store_word(class, INLINE_CACHE_CLASS_SHAPE, 0, number);
    raw_store_word(class, INLINE_CACHE_CLASS_SHAPE, 1, 0);
    return class;
}

static inline ref inline_cache_method(uint64_t number)
{
    return long_list_load(LIST_SPLIT,
                          root_load(inline_cache_roots[INLINE_CACHE_METHODS]),
                          number);
}

/* The object that has the slots of a method. */
static inline ref inline_cache_holder(ref method)
{
    return inline_cache_caches == INLINE_CACHE_APART ? ref_load(method, 0)
                                                     : method;
}

static ref inline_cache_class_for(uint64_t number, size_t slot)
{
    uint64_t use = number * (uint64_t)inline_cache_slots + slot;
    return long_list_load(LIST_SPLIT,
                          root_load(inline_cache_roots[INLINE_CACHE_CLASSES]),
                          mix(use) % (uint64_t)inline_cache_classes);
}

static inline uint64_t inline_cache_class_number(ref class)
{
    return raw_load_word(class, INLINE_CACHE_CLASS_SHAPE, 0);
}

/* Calls the method of a rank. */
static uint64_t inline_cache_call(uint64_t rank)
{
    uint64_t number = rank * INLINE_CACHE_SCATTER % inline_cache_heap.methods;
    ref method = inline_cache_method(number);
    ref holder = inline_cache_holder(method);
    uint64_t total = 0;
    retain(method);
    retain(holder);
    for (size_t slot = 0; slot < (size_t)inline_cache_slots; slot++) {
        ref class = ref_load(holder, slot);
        if (ref_is_null(class)) {
            class = inline_cache_class_for(number, slot);
            ref_store(holder, slot, class);
        }
        retain(class);
        total += inline_cache_class_number(class);
        release(class);
    }
    total += raw_load_word(method, inline_cache_method_shape(), 0);
    release(holder);
    release(method);
    return total;
}

static void inline_cache_load_methods(void)
{
    struct root *methods = &inline_cache_roots[INLINE_CACHE_METHODS];
    root_store(methods, long_list_new(LIST_SPLIT, INLINE_CACHE_LIST,
                                      inline_cache_heap.methods));
    for (uint64_t i = 0; i < inline_cache_heap.methods; i++) {
        ref method = inline_cache_method_new(i);
        long_list_store(LIST_SPLIT, root_load(*methods), i, method);
    }
    if (inline_cache_caches == INLINE_CACHE_TOGETHER) {
        return;
    }
    struct shape slots = {INLINE_CACHE_SLOTS, (uint32_t)inline_cache_slots, 0};
    for (uint64_t i = 0; i < inline_cache_heap.methods; i++) {
        ref holder = object_new(slots);
        ref_store(inline_cache_method(i), 0, holder);
    }
}

static void inline_cache_load(struct random *random)
{
    (void)random;
    struct root *classes = &inline_cache_roots[INLINE_CACHE_CLASSES];
    uint64_t methods =
        scaled((uint64_t)inline_cache_methods, inline_cache_scale);
    uint64_t hot = methods * (uint64_t)inline_cache_hot / 1000;
    inline_cache_heap.methods = methods;
    inline_cache_heap.hot = hot > 0 ? hot : 1;
    frame_push(&inline_cache_frame, inline_cache_roots, INLINE_CACHE_ROOTS);
    root_store(classes, long_list_new(LIST_SPLIT, INLINE_CACHE_LIST,
                                      (uint64_t)inline_cache_classes));
    for (uint64_t i = 0; i < (uint64_t)inline_cache_classes; i++) {
        ref class = inline_cache_class_new(i);
        long_list_store(LIST_SPLIT, root_load(*classes), i, class);
    }
    inline_cache_load_methods();
    for (uint64_t k = 0; k < methods * (uint64_t)inline_cache_warm / 1000;
         k++) {
        inline_cache_call(k);
    }
}

static uint64_t inline_cache_request(uint64_t number, struct random *random)
{
    uint64_t hot = inline_cache_heap.hot;
    uint64_t cold = inline_cache_heap.methods - hot;
    uint64_t total = 0;
    (void)number;
    for (int64_t i = 0; i < inline_cache_calls; i++) {
        bool is_hot =
            random_next(random) % 1000 < (uint64_t)inline_cache_hot_calls;
        uint64_t drawn = random_next(random);
        total += inline_cache_call(is_hot || cold == 0 ? drawn % hot
                                                       : hot + drawn % cold);
    }
    return mix(total);
}

static uint64_t inline_cache_check(void)
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < inline_cache_heap.methods; i++) {
        ref method = inline_cache_method(i);
        ref holder = inline_cache_holder(method);
        sum = mix(sum ^ raw_load_word(method, inline_cache_method_shape(), 0));
        for (size_t slot = 0; slot < (size_t)inline_cache_slots; slot++) {
            ref class = ref_load(holder, slot);
            sum = mix(sum ^ (ref_is_null(class)
                                 ? 0
                                 : 1 + inline_cache_class_number(class)));
        }
    }
    return sum;
}

static const struct workload inline_cache = {
    .name = "inline-cache",
    .about = "byroot's finding: methods with caches beside their bytecode, "
             "filled at first use",
    .parameters = inline_cache_parameters,
    .parameter_count = LENGTH(inline_cache_parameters),
    .load = inline_cache_load,
    .request = inline_cache_request,
    .check = inline_cache_check,
};

#endif
