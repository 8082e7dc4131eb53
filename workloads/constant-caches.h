/* constant-caches.h: Pitchfork's benchmark: a hundred thousand methods, each of
 * which looks up a constant of its own.
 *
 * After examples/constant_caches.ru of Shopify's Pitchfork, whose every request
 * calls all of the methods; its author calls it an extreme example (Puma 601.6
 * MiB, Pitchfork 320.3 MiB), and measured with 100 000 methods in 2025 ("The
 * Pitchfork Story") a worker's proportional memory of 122 MB at the fork, 206
 * MB after the first request, and 124 MB where the template had been warmed.
 * The 246 MB of that template are what the sizes of objects go by: 2 KiB for a
 * method and its module together, of which five parts in eight lie on pages
 * with caches, as the 206 MB say.  It stresses references from inherited
 * objects to new ones, all at once.
 *
 * At scale 1000 the template has `methods` methods and as many modules: method
 * i, counted from 0, an object of `method-bytes` with one reference, its cache;
 * module i, an object of `module-bytes`; and a table of the modules, made in
 * this order: module, method, entry of the table.  The first `warm` permille of
 * the methods were called before the fork.
 *
 * Call i: where the method's cache is null, module i is looked up in the table,
 * a cache entry is made that refers to it, as Ruby's are objects of their own,
 * and the method refers to the entry.  The call returns the number of the
 * module, i, through the entry.  A request calls the next k methods of n,
 * `calls` permille of them, from number r * k mod n on in turn, r being its
 * number from 0 in each worker, and begins again at 0 behind the last one.  The
 * reply is mix(sum of what they return + (r << 32)), modulo 2^64; nothing
 * depends on the seed or the worker.  So a request grows with the scale, as the
 * published one does, which calls all.
 *
 * The application's own writes to inherited objects are the caches that a
 * worker fills. */
#ifndef WORKLOADS_CONSTANT_CACHES_H
#define WORKLOADS_CONSTANT_CACHES_H

#include "workloads/long-list.h"
#include "workloads/scale.h"
#include "workloads/workload.h"

enum {
    CONSTANT_CACHES_LIST,
    CONSTANT_CACHES_METHOD,
    CONSTANT_CACHES_MODULE,
    CONSTANT_CACHES_ENTRY
};
enum {
    CONSTANT_CACHES_METHODS,
    CONSTANT_CACHES_MODULES,
    CONSTANT_CACHES_ROOTS
};

static int64_t constant_caches_scale = SCALE_DEFAULT;
static int64_t constant_caches_methods = 100000;
static int64_t constant_caches_method_bytes = 1280;
static int64_t constant_caches_module_bytes = 768;
static int64_t constant_caches_warm = 0;
static int64_t constant_caches_calls = 1000;

static const struct parameter constant_caches_parameters[] = {
    SCALE_PARAMETER(&constant_caches_scale, "as many methods as `methods` says",
                    "197"),
    {"methods", &constant_caches_methods, 1, 1000000, NULL, "methods",
     "methods in the template at scale 1000"},
    {"method-bytes", &constant_caches_method_bytes, 32, 65536, NULL, "bytes",
     "size of every method, with header and cache"},
    {"module-bytes", &constant_caches_module_bytes, 32, 65536, NULL, "bytes",
     "size of every module, with header"},
    {"warm", &constant_caches_warm, 0, 1000, NULL, "permille",
     "methods that were called before the fork"},
    {"calls", &constant_caches_calls, 0, 1000, NULL, "permille",
     "methods that a request calls, as a share of all: it grows with scale"},
};

static uint64_t constant_caches_count; /* of the methods, scaled */
static struct root constant_caches_roots[CONSTANT_CACHES_ROOTS];
static struct frame constant_caches_frame;

/* Ruby's imemo: beside flags (the header) and the value, three words. */
#define CONSTANT_CACHES_ENTRY_SHAPE                                            \
    ((struct shape){CONSTANT_CACHES_ENTRY, 1, 3 * sizeof(uint64_t)})

static inline struct shape constant_caches_method_shape(void)
{
    return (struct shape){CONSTANT_CACHES_METHOD, 1,
                          (uint32_t)((size_t)constant_caches_method_bytes -
                                     HEADER_BYTES - sizeof(ref))};
}

static inline struct shape constant_caches_module_shape(void)
{
    return (struct shape){
        CONSTANT_CACHES_MODULE, 0,
        (uint32_t)((size_t)constant_caches_module_bytes - HEADER_BYTES)};
}

/* An object of raw bytes, of which the first word is a number. */
static ref constant_caches_object_new(struct shape shape, uint64_t number)
{
    ref object = object_new(shape);
    raw_fill(object, shape, 0, 0, shape.raw_bytes);
    raw_store_word(object, shape, 0, number);
    return object;
}

static inline ref constant_caches_at(size_t root, uint64_t i)
{
    return long_list_load(LIST_SPLIT, root_load(constant_caches_roots[root]),
                          i);
}

static void constant_caches_put(size_t root, uint64_t i, ref object)
{
    long_list_store(LIST_SPLIT, root_load(constant_caches_roots[root]), i,
                    object);
}

/* What an entry's module is called. */
static inline uint64_t constant_caches_number(ref entry)
{
    ref module = ref_load(entry, 0);
    retain(module);
    uint64_t number = raw_load_word(module, constant_caches_module_shape(), 0);
    release(module);
    return number;
}

/* Fills a method's cache; may collect. */
static void constant_caches_fill(uint64_t i)
{
    struct shape shape = CONSTANT_CACHES_ENTRY_SHAPE;
    ref entry = object_new(shape);
    raw_fill(entry, shape, 0, 0, shape.raw_bytes);
    ref_init(entry, 0, constant_caches_at(CONSTANT_CACHES_MODULES, i));
    ref_store(constant_caches_at(CONSTANT_CACHES_METHODS, i), 0, entry);
}

static uint64_t constant_caches_call(uint64_t i)
{
    ref method = constant_caches_at(CONSTANT_CACHES_METHODS, i);
    if (ref_is_null(ref_load(method, 0))) {
        constant_caches_fill(i);
        method = constant_caches_at(CONSTANT_CACHES_METHODS, i);
    }
    retain(method);
    ref entry = ref_load(method, 0);
    retain(entry);
    uint64_t number = constant_caches_number(entry);
    release(entry);
    release(method);
    return number;
}

static void constant_caches_load(struct random *random)
{
    (void)random;
    uint64_t count =
        scaled((uint64_t)constant_caches_methods, constant_caches_scale);
    constant_caches_count = count;
    frame_push(&constant_caches_frame, constant_caches_roots,
               CONSTANT_CACHES_ROOTS);
    for (size_t root = 0; root < CONSTANT_CACHES_ROOTS; root++) {
        root_store(&constant_caches_roots[root],
                   long_list_new(LIST_SPLIT, CONSTANT_CACHES_LIST, count));
    }
    for (uint64_t i = 0; i < count; i++) {
        ref module =
            constant_caches_object_new(constant_caches_module_shape(), i);
        constant_caches_put(CONSTANT_CACHES_MODULES, i, module);
        ref method =
            constant_caches_object_new(constant_caches_method_shape(), i);
        constant_caches_put(CONSTANT_CACHES_METHODS, i, method);
    }
    for (uint64_t i = 0; i < count * (uint64_t)constant_caches_warm / 1000;
         i++) {
        constant_caches_call(i);
    }
}

static uint64_t constant_caches_request(uint64_t number, struct random *random)
{
    (void)random;
    uint64_t calls =
        constant_caches_count * (uint64_t)constant_caches_calls / 1000;
    uint64_t i = number * calls % constant_caches_count;
    uint64_t sum = 0;
    for (; calls > 0; calls--) {
        sum += constant_caches_call(i);
        i = i + 1 < constant_caches_count ? i + 1 : 0;
    }
    return mix(sum + (number << 32));
}

static uint64_t constant_caches_check(void)
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < constant_caches_count; i++) {
        ref method = constant_caches_at(CONSTANT_CACHES_METHODS, i);
        ref entry = ref_load(method, 0);
        sum =
            mix(sum ^ raw_load_word(method, constant_caches_method_shape(), 0));
        sum = mix(sum ^
                  (ref_is_null(entry) ? 0 : 1 + constant_caches_number(entry)));
    }
    return sum;
}

static const struct workload constant_caches = {
    .name = "constant-caches",
    .about = "Pitchfork's: many methods, each with a constant that it looks up "
             "when it is first called",
    .parameters = constant_caches_parameters,
    .parameter_count = LENGTH(constant_caches_parameters),
    .load = constant_caches_load,
    .request = constant_caches_request,
    .check = constant_caches_check,
};

#endif
