/* make-objects.h: nakayoshi_fork's test: a tree of small arrays that has not
 * aged when the template is forked.
 *
 * After the script in the README of Koichi Sasada's gem, which builds a binary
 * tree of 4 194 303 arrays (160 MB of Ruby 2.2's slots of 40 bytes) and forks
 * ten children, of which each asks for a collection and is idle before and
 * after it: `collections-first`, and no bursts.  It stresses what a collection
 * writes into an object that has survived few others: its age.
 *
 * Objects are numbered as in a binary heap: object k, from 1 to n, has the
 * objects 2k and 2k + 1 as its items, null where that is above n.  An object is
 * made after both of its items, the left one first, so the tree is built from
 * its leaves up and object 1 is last.  `objects` and `scale` say n at load; of
 * the published n = 2^22 - 1 each object has two items or none.
 *
 * A request makes a second tree in the same way, of `made` objects, counts it
 * by visiting every object from object 1 on, and drops it.  Its reply is
 *
 *     mix(count + (number << 32))        modulo 2^64
 *
 * with the request's number, from 0 in each worker; nothing depends on the
 * seed or the worker.  Departs from the script: it makes no requests at all,
 * and its leaves are empty arrays, where here all have room for two items.
 *
 * All stores go to the newest object: the application's own writes to inherited
 * objects are none. */
#ifndef WORKLOADS_MAKE_OBJECTS_H
#define WORKLOADS_MAKE_OBJECTS_H

#include "workloads/list.h"
#include "workloads/scale.h"
#include "workloads/workload.h"

#define MAKE_OBJECTS_ITEMS 2

static int64_t make_objects_scale = SCALE_DEFAULT;
static int64_t make_objects_objects = 4194303;
static int64_t make_objects_made = 1000;
static int64_t make_objects_lists = LIST_INLINE;

static const struct parameter make_objects_parameters[] = {
    SCALE_PARAMETER(&make_objects_scale, "as many arrays as `objects` says",
                    "192"),
    {"objects", &make_objects_objects, 1, INT64_C(1) << 32, NULL, "objects",
     "arrays in the template's tree at scale 1000"},
    {"made", &make_objects_made, 0, 100000000, NULL, "objects",
     "arrays in the tree that a request makes and drops"},
    {"lists", &make_objects_lists, 0, 1, "inline|split", NULL,
     "an array's items in its own object, as in a slot of Ruby's, or in a "
     "buffer beside it, as in CPython"},
};

static struct root make_objects_tree[1];
static struct frame make_objects_frame;

/* A slot of Ruby's: beside flags (the header) and items, two words for the
 * class and a third item, which is never there. */
#define MAKE_OBJECTS_SLOT                                                      \
    ((struct shape){0, MAKE_OBJECTS_ITEMS, 2 * sizeof(uint64_t)})

static inline __attribute__((always_inline)) ref
make_objects_array_new(enum list_shape shape)
{
    if (shape == LIST_SPLIT) {
        return list_new(LIST_SPLIT, 0, MAKE_OBJECTS_ITEMS);
    }
    ref array = object_new(MAKE_OBJECTS_SLOT);
    raw_store_word(array, MAKE_OBJECTS_SLOT, 0, 0);
    raw_store_word(array, MAKE_OBJECTS_SLOT, 1, 0);
    return array;
}

static inline __attribute__((always_inline)) ref
make_objects_array_of(enum list_shape shape, const struct root *items)
{
    ref array = make_objects_array_new(shape);
    for (size_t i = 0; i < MAKE_OBJECTS_ITEMS; i++) {
        list_init(shape, array, i, root_load(items[i]));
    }
    return array;
}

/* Object k of a tree of n, and all below it. */
static ref make_objects_new(uint64_t k, uint64_t n)
{
    FRAME(local, MAKE_OBJECTS_ITEMS);
    for (size_t i = 0; i < MAKE_OBJECTS_ITEMS; i++) {
        if (2 * k + i <= n) {
            root_store(&local[i], make_objects_new(2 * k + i, n));
        }
    }
    ref array = make_objects_lists == LIST_SPLIT
                    ? make_objects_array_of(LIST_SPLIT, local)
                    : make_objects_array_of(LIST_INLINE, local);
    FRAME_END(local);
    return array;
}

static uint64_t make_objects_count(ref array)
{
    enum list_shape shape = (enum list_shape)make_objects_lists;
    uint64_t count = 1;
    retain(array);
    for (size_t i = 0; i < MAKE_OBJECTS_ITEMS; i++) {
        ref item = list_load(shape, array, i);
        count += ref_is_null(item) ? 0 : make_objects_count(item);
    }
    release(array);
    return count;
}

static void make_objects_load(struct random *random)
{
    (void)random;
    frame_push(&make_objects_frame, make_objects_tree, 1);
    root_store(&make_objects_tree[0],
               make_objects_new(1, scaled((uint64_t)make_objects_objects,
                                          make_objects_scale)));
}

static uint64_t make_objects_request(uint64_t number, struct random *random)
{
    (void)random;
    uint64_t count = 0;
    FRAME(local, 1);
    if (make_objects_made > 0) {
        root_store(&local[0], make_objects_new(1, (uint64_t)make_objects_made));
        count = make_objects_count(root_load(local[0]));
    }
    FRAME_END(local);
    return mix(count + (number << 32));
}

/* In the order in which the objects were made. */
static uint64_t make_objects_check_from(ref array, uint64_t sum)
{
    enum list_shape shape = (enum list_shape)make_objects_lists;
    uint64_t items = 0;
    for (size_t i = 0; i < MAKE_OBJECTS_ITEMS; i++) {
        ref item = list_load(shape, array, i);
        if (!ref_is_null(item)) {
            sum = make_objects_check_from(item, sum);
            items++;
        }
    }
    return mix(sum ^ items);
}

static uint64_t make_objects_check(void)
{
    return make_objects_check_from(root_load(make_objects_tree[0]), 0);
}

static const struct workload make_objects = {
    .name = "make-objects",
    .about = "nakayoshi_fork's: a tree of four million arrays, which age in "
             "the workers",
    .parameters = make_objects_parameters,
    .parameter_count = LENGTH(make_objects_parameters),
    .load = make_objects_load,
    .request = make_objects_request,
    .check = make_objects_check,
};

#endif
