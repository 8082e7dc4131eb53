/* largeobject.h: the workload of the 2018 study.
 *
 * At load, a few large objects are built in the template: `static` at scale
 * 1000, and one at least unless that is 0.  A request makes one large object
 * and keeps the last three alive.  A large object is a pair of
 *   lists    1600 lists, the i-th with i references to one shared string
 *   strings  64 000 strings of 8 equal bytes: all the shared one, or each its
 *            own object
 * With build-every above 1 the other requests only read: they walk lists and
 * strings of the template's objects.  subjects/python.py has the same workload;
 * replies and checksums are equal.
 *
 * All stores go to objects made in the same request: the application's own
 * writes to inherited objects are none. */
#ifndef WORKLOADS_LARGEOBJECT_H
#define WORKLOADS_LARGEOBJECT_H

#include "workloads/list.h"
#include "workloads/scale.h"
#include "workloads/values.h"
#include "workloads/workload.h"

enum { LARGEOBJECT_SHARED, LARGEOBJECT_DISTINCT };
enum { LARGEOBJECT_PAIR, LARGEOBJECT_LIST, LARGEOBJECT_STRING };

static int64_t largeobject_scale = SCALE_DEFAULT;
static int64_t largeobject_static = 5;
static int64_t largeobject_kept = 3;
static int64_t largeobject_list_count = 1600;
static int64_t largeobject_string_count = 64000;
static int64_t largeobject_string_bytes = 8;
static int64_t largeobject_strings = LARGEOBJECT_SHARED;
static int64_t largeobject_lists = LIST_INLINE;
static int64_t largeobject_build_every = 1;
static int64_t largeobject_walk_lists = 200;

static const struct parameter largeobject_parameters[] = {
    SCALE_PARAMETER(&largeobject_scale,
                    "as many large objects as `static` says", "55"),
    {"static", &largeobject_static, 0, 1000, NULL, "objects",
     "large objects built in the template at scale 1000"},
    {"kept", &largeobject_kept, 0, 100, NULL, "objects",
     "large objects that a worker keeps alive"},
    {"list-count", &largeobject_list_count, 0, 100000, NULL, "lists",
     "lists in a large object; the i-th holds i references"},
    {"string-count", &largeobject_string_count, 0, 10000000, NULL, "strings",
     "length of the list of strings in a large object"},
    {"string-bytes", &largeobject_string_bytes, 1, 4096, NULL, "bytes",
     "length of every string"},
    {"strings", &largeobject_strings, 0, 1, "shared|distinct", NULL,
     "one string for the whole list of strings, or an object for each"},
    {"lists", &largeobject_lists, 0, 1, "inline|split", NULL,
     "a list's items in its own object, or in a buffer beside it"},
    {"build-every", &largeobject_build_every, 1, 1000000, NULL, "requests",
     "one in so many requests builds a large object, the others read"},
    {"walk-lists", &largeobject_walk_lists, 0, 1000000, NULL, "lists",
     "lists that a reading request visits"},
};

/* The lasting references: the shared string, the list of static objects, and
 * the list of kept ones, oldest first. */
enum { LARGEOBJECT_THE_STRING, LARGEOBJECT_STATICS, LARGEOBJECT_FIRST_KEPT };

static struct root largeobject_roots[LARGEOBJECT_FIRST_KEPT + 100];
static struct frame largeobject_frame;
static uint64_t largeobject_statics; /* scaled */

static ref largeobject_string_new(unsigned char byte)
{
    return string_of(LARGEOBJECT_STRING, (size_t)largeobject_string_bytes,
                     byte);
}

static inline __attribute__((always_inline)) ref
largeobject_lists_new(enum list_shape shape)
{
    FRAME(local, 1);
    size_t count = (size_t)largeobject_list_count;
    root_store(&local[0], list_new(shape, LARGEOBJECT_LIST, count));
    for (size_t i = 1; i <= count; i++) {
        ref list = list_new(shape, LARGEOBJECT_LIST, i);
        ref string = root_load(largeobject_roots[LARGEOBJECT_THE_STRING]);
        for (size_t j = 0; j < i; j++) {
            list_init(shape, list, j, string);
        }
        list_store(shape, root_load(local[0]), i - 1, list);
    }
    ref result = root_take(&local[0]);
    FRAME_END(local);
    return result;
}

static inline __attribute__((always_inline)) ref
largeobject_strings_new(enum list_shape shape)
{
    FRAME(local, 1);
    size_t count = (size_t)largeobject_string_count;
    bool distinct = largeobject_strings == LARGEOBJECT_DISTINCT;
    root_store(&local[0], list_new(shape, LARGEOBJECT_LIST, count));
    for (size_t j = 0; j < count; j++) {
        ref string = distinct
                         ? largeobject_string_new('a' + j % 26)
                         : root_load(largeobject_roots[LARGEOBJECT_THE_STRING]);
        list_store(shape, root_load(local[0]), j, string);
    }
    ref result = root_take(&local[0]);
    FRAME_END(local);
    return result;
}

static ref largeobject_new(void)
{
    bool split = largeobject_lists == LIST_SPLIT;
    FRAME(local, 2);
    root_store(&local[0], object_new((struct shape){LARGEOBJECT_PAIR, 2, 0}));
    root_store(&local[1], split ? largeobject_lists_new(LIST_SPLIT)
                                : largeobject_lists_new(LIST_INLINE));
    ref_store(root_load(local[0]), 0, root_load(local[1]));
    root_store(&local[1], split ? largeobject_strings_new(LIST_SPLIT)
                                : largeobject_strings_new(LIST_INLINE));
    ref_store(root_load(local[0]), 1, root_load(local[1]));
    ref result = root_take(&local[0]);
    FRAME_END(local);
    return result;
}

static void largeobject_load(struct random *random)
{
    (void)random;
    largeobject_statics =
        largeobject_static > 0
            ? scaled((uint64_t)largeobject_static, largeobject_scale)
            : 0;
    frame_push(&largeobject_frame, largeobject_roots,
               LARGEOBJECT_FIRST_KEPT + (size_t)largeobject_kept);
    root_store(&largeobject_roots[LARGEOBJECT_THE_STRING],
               largeobject_string_new('s'));
    root_store(&largeobject_roots[LARGEOBJECT_STATICS],
               object_new((struct shape){LARGEOBJECT_LIST,
                                         (uint32_t)largeobject_statics, 0}));
    for (size_t i = 0; i < largeobject_statics; i++) {
        ref object = largeobject_new();
        ref_store(root_load(largeobject_roots[LARGEOBJECT_STATICS]), i, object);
    }
}

static uint64_t largeobject_build(void)
{
    ref built = largeobject_new();
    struct root *kept = largeobject_roots + LARGEOBJECT_FIRST_KEPT;
    size_t count = (size_t)largeobject_kept;
    for (size_t i = 1; i < count; i++) {
        root_store(&kept[i - 1], root_load(kept[i]));
    }
    if (count > 0) {
        root_store(&kept[count - 1], built);
    }
    uint64_t lists = (uint64_t)largeobject_list_count;
    return mix(lists * 1000003 + (uint64_t)largeobject_string_count + lists);
}

static inline uint64_t largeobject_first_byte(ref string)
{
    retain(string);
    uint64_t byte = string_byte(string, 0);
    release(string);
    return byte;
}

static inline __attribute__((always_inline)) uint64_t
largeobject_walk_in(enum list_shape shape, struct random *random)
{
    uint64_t statics = largeobject_statics;
    uint64_t total = 0;
    for (int64_t i = 0; i < largeobject_walk_lists; i++) {
        uint64_t a = random_next(random) % statics;
        uint64_t b = random_next(random) % (uint64_t)largeobject_list_count;
        ref object =
            ref_load(root_load(largeobject_roots[LARGEOBJECT_STATICS]), a);
        ref list = list_load(shape, ref_load(object, 0), b);
        retain(object);
        retain(list);
        for (size_t j = 0; j <= b; j++) {
            total += largeobject_first_byte(list_load(shape, list, j));
        }
        total += b + 1;
        release(list);
        release(object);
    }
    if (largeobject_string_count > 0) {
        uint64_t a = random_next(random) % statics;
        ref object =
            ref_load(root_load(largeobject_roots[LARGEOBJECT_STATICS]), a);
        ref strings = ref_load(object, 1);
        retain(strings);
        for (size_t j = random_next(random) % 64;
             j < (size_t)largeobject_string_count; j += 64) {
            total += largeobject_first_byte(list_load(shape, strings, j));
        }
        release(strings);
    }
    return mix(total);
}

static uint64_t largeobject_walk(struct random *random)
{
    if (largeobject_static == 0 || largeobject_list_count == 0) {
        return mix(0);
    }
    return largeobject_lists == LIST_SPLIT
               ? largeobject_walk_in(LIST_SPLIT, random)
               : largeobject_walk_in(LIST_INLINE, random);
}

static uint64_t largeobject_request(uint64_t number, struct random *random)
{
    return (number + 1) % (uint64_t)largeobject_build_every == 0
               ? largeobject_build()
               : largeobject_walk(random);
}

static uint64_t largeobject_check_one(ref object, uint64_t sum)
{
    enum list_shape shape = (enum list_shape)largeobject_lists;
    for (size_t i = 1; i <= (size_t)largeobject_list_count; i++) {
        ref list = list_load(shape, ref_load(object, 0), i - 1);
        size_t length = 0;
        while (length < i && !ref_is_null(list_load(shape, list, length))) {
            length++;
        }
        sum = mix(sum ^ length);
    }
    for (size_t j = 0; j < (size_t)largeobject_string_count; j++) {
        ref string = list_load(shape, ref_load(object, 1), j);
        sum = mix(sum ^ (largeobject_first_byte(string) +
                         256 * (uint64_t)largeobject_string_bytes));
    }
    return sum;
}

static uint64_t largeobject_check(void)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < largeobject_statics; i++) {
        sum = largeobject_check_one(
            ref_load(root_load(largeobject_roots[LARGEOBJECT_STATICS]), i),
            sum);
    }
    for (size_t i = 0; i < (size_t)largeobject_kept; i++) {
        ref kept = root_load(largeobject_roots[LARGEOBJECT_FIRST_KEPT + i]);
        if (!ref_is_null(kept)) {
            sum = largeobject_check_one(kept, sum);
        }
    }
    return sum;
}

static const struct workload largeobject = {
    .name = "largeobject",
    .about = "the 2018 study: large objects made, and the last three kept",
    .parameters = largeobject_parameters,
    .parameter_count = LENGTH(largeobject_parameters),
    .load = largeobject_load,
    .request = largeobject_request,
    .check = largeobject_check,
};

#endif
