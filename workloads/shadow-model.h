/* shadow-model.h: the model of the heap that a random mutator should see, and
 * the comparison of both.
 *
 * Every object carries the number of its node in the model, which lies in
 * malloc's memory.  A difference ends the program with a message that has the
 * step. */
#ifndef WORKLOADS_SHADOW_MODEL_H
#define WORKLOADS_SHADOW_MODEL_H

#include "workloads/random.h"
#include "workloads/vocabulary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHADOW_ROOTS 1000
#define SHADOW_YOUNG 500 /* of these, the ones that new objects replace */

struct shadow_node {
    uint64_t value;     /* second raw word of the object */
    uint32_t *children; /* nodes; 0: null */
    uint32_t count;     /* of children */
    bool buffered;
    uintptr_t seen_as; /* reference under which the comparison met it */
};

struct shadow_place { /* the same object on both sides */
    uint32_t node;
    ref object;
};

static struct {
    struct shadow_node *nodes; /* nodes[0] stands for null */
    uint32_t count;
    uint32_t room;
    uint64_t step;
    uint32_t roots[SHADOW_ROOTS];
} shadow_model;

static struct root shadow_roots[SHADOW_ROOTS];
static struct frame shadow_frame;

static _Noreturn void shadow_fail(uint32_t node, const char *what)
{
    fprintf(stderr, "shadow: step %llu, node %u: %s\n",
            (unsigned long long)shadow_model.step, node, what);
    exit(EXIT_FAILURE);
}

static void *shadow_memory(void *memory, size_t count, size_t size)
{
    memory = realloc(memory, (count + 1) * size);
    if (memory == NULL) {
        shadow_fail(0, "no memory for the model");
    }
    return memory;
}

/* A plain object has its two raw words behind its references.  A buffered one
 * has no raw bytes for us: its first item is a tag, a plain object without
 * references, and has the words. */
static inline struct shape shadow_shape(const struct shadow_node *node)
{
    return (struct shape){1, node->buffered ? 0 : node->count,
                          2 * sizeof(uint64_t)};
}

static ref shadow_tag(struct shadow_place place)
{
    return shadow_model.nodes[place.node].buffered ? item_load(place.object, 0)
                                                   : place.object;
}

static struct shadow_place shadow_child(struct shadow_place place, uint32_t i)
{
    const struct shadow_node *node = &shadow_model.nodes[place.node];
    ref object = node->buffered ? item_load(place.object, i + 1)
                                : ref_load(place.object, i);
    return (struct shadow_place){node->children[i], object};
}

static void shadow_set_child(struct shadow_place place, uint32_t i,
                             struct shadow_place child)
{
    struct shadow_node *node = &shadow_model.nodes[place.node];
    node->children[i] = child.node;
    if (node->buffered) {
        item_store(place.object, i + 1, child.object);
    } else {
        ref_store(place.object, i, child.object);
    }
}

static uint32_t shadow_node_new(uint32_t count, uint64_t value, bool buffered)
{
    if (shadow_model.count + 1 >= shadow_model.room) {
        shadow_model.room = 2 * shadow_model.room + 1024;
        shadow_model.nodes = shadow_memory(
            shadow_model.nodes, shadow_model.room, sizeof *shadow_model.nodes);
    }
    uint32_t *children = shadow_memory(NULL, count, sizeof *children);
    memset(children, 0, count * sizeof *children);
    uint32_t number = ++shadow_model.count;
    shadow_model.nodes[number] =
        (struct shadow_node){value, children, count, buffered, 0};
    return number;
}

/* A few random steps down from a root; null when the root is. */
static struct shadow_place shadow_pick(struct random *random)
{
    uint32_t root = (uint32_t)(random_next(random) % SHADOW_ROOTS);
    struct shadow_place place = {shadow_model.roots[root],
                                 root_load(shadow_roots[root])};
    for (uint64_t steps = random_next(random) % 8; steps > 0; steps--) {
        uint32_t count = shadow_model.nodes[place.node].count;
        if (place.node == 0 || count == 0) {
            break;
        }
        struct shadow_place child =
            shadow_child(place, (uint32_t)(random_next(random) % count));
        if (child.node == 0) {
            break;
        }
        place = child;
    }
    return place;
}

/* Compares one object with its node, which is met for the first time. */
static uint64_t shadow_compare_one(struct shadow_place place, uint64_t sum)
{
    struct shadow_node *node = &shadow_model.nodes[place.node];
    ref tag = shadow_tag(place);
    node->seen_as = place.object.bits;
    if (ref_is_null(tag) ||
        raw_load_word(tag, shadow_shape(node), 0) != place.node) {
        shadow_fail(place.node, "the object is another one");
    }
    if (raw_load_word(tag, shadow_shape(node), 1) != node->value) {
        shadow_fail(place.node, "its payload differs");
    }
    return mix(sum ^ mix(place.node) ^ node->value ^ node->count);
}

/* Frees the nodes that the comparison did not meet, and forgets the meeting. */
static void shadow_forget(void)
{
    for (uint32_t i = 1; i <= shadow_model.count; i++) {
        struct shadow_node *node = &shadow_model.nodes[i];
        if (node->seen_as == 0) {
            free(node->children);
            node->children = NULL;
            node->count = 0;
        }
        node->seen_as = 0;
    }
}

/* Walks both graphs side by side; returns a checksum of what it saw. */
static uint64_t shadow_compare(void)
{
    uint64_t sum = 0;
    size_t depth = 0;
    size_t room = 0;
    struct shadow_place *stack = NULL;
    for (uint32_t root = 0; root < SHADOW_ROOTS; root++) {
        struct shadow_place place = {shadow_model.roots[root],
                                     root_load(shadow_roots[root])};
        for (;;) {
            const struct shadow_node *node = &shadow_model.nodes[place.node];
            if ((place.node == 0) != ref_is_null(place.object)) {
                shadow_fail(place.node, "null on one side alone");
            }
            if (place.node != 0 && node->seen_as == 0) {
                sum = shadow_compare_one(place, sum);
                if (depth + node->count >= room) {
                    room = 2 * (depth + node->count);
                    stack = shadow_memory(stack, room, sizeof *stack);
                }
                for (uint32_t i = 0; i < node->count; i++) {
                    stack[depth++] = shadow_child(place, i);
                }
            } else if (place.node != 0 && node->seen_as != place.object.bits) {
                shadow_fail(place.node, "one object has become two");
            }
            if (depth == 0) {
                break;
            }
            place = stack[--depth];
        }
    }
    free(stack);
    shadow_forget();
    return sum;
}

#endif
