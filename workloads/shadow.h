/* shadow.h: a random mutator beside a model of the heap that it should see.
 *
 * Every object carries the number of its node in the model, which lives in
 * malloc's memory.  Load and requests take random steps in both: new objects of
 * all shapes (small, wide, large, buffered, deep lists), stores, payload
 * writes, dropped roots.  Every so often it collects, has the collector verify
 * its heap, and compares the whole reachable graph and its contents with the
 * model.  A difference ends the program with a message that has the step.
 *
 * It also forks in the middle: the child is a worker that goes on from the
 * graph as it is, collects and compares on its side, and ends; then the parent
 * goes on.  Under cowlab the workers do so from their template's graph. */
#ifndef WORKLOADS_SHADOW_H
#define WORKLOADS_SHADOW_H

#include "collectors/collector.h"
#include "workloads/list.h"
#include "workloads/workload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int64_t shadow_steps = 1000;
static int64_t shadow_collect_every = 100;
static int64_t shadow_minor_every = 0;
static int64_t shadow_collect_allocations = 0;
static int64_t shadow_fork_every = 0;
static int64_t shadow_deep = 2000;
static int64_t shadow_wide = 3000;

static const struct parameter shadow_parameters[] = {
    {"steps", &shadow_steps, 0, 1000000000, NULL, "steps",
     "random steps at load and in each request"},
    {"collect-every", &shadow_collect_every, 0, 1000000000, NULL, "steps",
     "ask for a full collection and compare after so many; 0 leaves it to "
     "the collector"},
    {"minor-every", &shadow_minor_every, 0, 1000000000, NULL, "steps",
     "ask for a minor collection at random steps, one in so many"},
    {"collect-allocations", &shadow_collect_allocations, 0, 1000000000, NULL,
     "objects",
     "ask for a collection, minor and full in turn, at each so manieth "
     "allocation"},
    {"fork-every", &shadow_fork_every, 0, 1000000000, NULL, "steps",
     "fork after so many; the child makes as many steps, at most 100"},
    {"deep", &shadow_deep, 1, 100000000, NULL, "objects",
     "length of the deepest list"},
    {"wide", &shadow_wide, 1, 1000000, NULL, "references",
     "size of the widest object"},
};

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
    uint64_t allocations;
    bool forked; /* this process is a child that a step forked */
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

/* Before an object is made. */
static void shadow_allocating(void)
{
    uint64_t every = (uint64_t)shadow_collect_allocations;
    if (every > 0 && ++shadow_model.allocations % every == 0) {
        collector.collect(shadow_model.allocations / every % 2 == 0
                              ? COLLECTION_FULL
                              : COLLECTION_MINOR,
                          COLLECTION_ASKED);
    }
}

/* Makes an object and its node, and puts them into a root. */
static struct shadow_place shadow_new(uint32_t root, uint32_t count,
                                      bool buffered, uint64_t value)
{
    uint32_t number = shadow_node_new(count, value, buffered);
    const struct shadow_node *node = &shadow_model.nodes[number];
    FRAME(local, 2);
    shadow_allocating();
    root_store(&local[1], object_new(shadow_shape(node)));
    root_store(&local[0], root_load(local[1]));
    raw_store_word(root_load(local[1]), shadow_shape(node), 0, number);
    raw_store_word(root_load(local[1]), shadow_shape(node), 1, value);
    if (buffered) {
        shadow_allocating();
        root_store(&local[0], object_new_buffered(2, count + 1));
        item_init(root_load(local[0]), 0, root_load(local[1]));
    }
    root_store(&shadow_roots[root], root_load(local[0]));
    shadow_model.roots[root] = number;
    FRAME_END(local);
    return (struct shadow_place){number, root_load(shadow_roots[root])};
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

/* The list grows at its head, which stays in the root. */
static void shadow_make_deep(uint32_t root, struct random *random)
{
    uint64_t length = 1 + random_next(random) % (uint64_t)shadow_deep;
    for (uint64_t i = 0; i < length; i++) {
        uint32_t before = shadow_model.roots[root];
        FRAME(local, 1);
        root_store(&local[0], root_load(shadow_roots[root]));
        struct shadow_place head = shadow_new(root, 1, false, i);
        shadow_set_child(head, 0,
                         (struct shadow_place){before, root_load(local[0])});
        FRAME_END(local);
    }
}

static void shadow_make(uint32_t root, struct random *random)
{
    uint64_t choice = random_next(random) % 1000;
    uint64_t value = random_next(random);
    bool buffered = value % 4 == 0;
    uint64_t most = choice < 10 ? (uint64_t)shadow_wide : choice < 100 ? 64 : 6;
    struct shadow_place kept = shadow_pick(random);
    if (choice == 999) {
        shadow_make_deep(root, random);
        return;
    }
    FRAME(local, 1);
    root_store(&local[0], kept.object);
    uint32_t count = (uint32_t)(random_next(random) % (most + 1));
    struct shadow_place made = shadow_new(root, count, buffered, value);
    kept.object = root_load(local[0]);
    for (uint32_t i = 0; i < count; i += 3) {
        shadow_set_child(made, i, kept);
    }
    count = shadow_model.nodes[kept.node].count;
    if (count > 0) {
        shadow_set_child(kept, (uint32_t)(value % count), made);
    }
    FRAME_END(local);
}

static void shadow_step(struct random *random)
{
    uint64_t choice = random_next(random) % 100;
    uint32_t root = (uint32_t)(random_next(random) % SHADOW_ROOTS);
    struct shadow_place place = shadow_pick(random);
    struct shadow_node *node = &shadow_model.nodes[place.node];
    if (choice < 40 || place.node == 0) {
        shadow_make(root % SHADOW_YOUNG, random);
    } else if (choice < 75 && node->count > 0) {
        uint32_t i = (uint32_t)(random_next(random) % node->count);
        shadow_set_child(place, i, shadow_pick(random));
    } else if (choice < 90) {
        node->value = random_next(random);
        raw_store_word(shadow_tag(place), shadow_shape(node), 1, node->value);
    } else if (choice < 98) {
        root_store(&shadow_roots[root], place.object);
        shadow_model.roots[root] = place.node;
    } else {
        root_store(&shadow_roots[root], REF_NULL);
        shadow_model.roots[root] = 0;
    }
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

static void shadow_collect(void)
{
    collector.collect(COLLECTION_FULL, COLLECTION_ASKED);
    const char *wrong = collector.verify();
    if (wrong != NULL) {
        shadow_fail(0, wrong);
    }
    shadow_compare();
}

static void shadow_steps_run(int64_t steps, struct random *random);

/* A child lives as a worker does, and ends well or with shadow_fail. */
static void shadow_fork(struct random *random)
{
    int status = 0;
    uint64_t seed = random_next(random);
    collector.before_fork();
    pid_t child = fork();
    if (child == 0) {
        struct random own = {seed};
        shadow_model.forked = true;
        collector.after_fork((unsigned)(seed % 4));
        shadow_steps_run(shadow_fork_every < 100 ? shadow_fork_every : 100,
                         &own);
        shadow_collect();
        _exit(EXIT_SUCCESS);
    }
    if (child < 0 || waitpid(child, &status, 0) != child) {
        shadow_fail(0, "cannot fork");
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != EXIT_SUCCESS) {
        shadow_fail(0, "the child that was forked here failed");
    }
    shadow_compare();
}

static void shadow_steps_run(int64_t steps, struct random *random)
{
    for (int64_t i = 0; i < steps; i++) {
        shadow_step(random);
        shadow_model.step++;
        if (shadow_collect_every > 0 &&
            shadow_model.step % (uint64_t)shadow_collect_every == 0) {
            shadow_collect();
        }
        if (shadow_minor_every > 0 &&
            random_next(random) % (uint64_t)shadow_minor_every == 0) {
            collector.collect(COLLECTION_MINOR, COLLECTION_ASKED);
        }
        if (shadow_fork_every > 0 && !shadow_model.forked &&
            shadow_model.step % (uint64_t)shadow_fork_every == 0) {
            shadow_fork(random);
        }
    }
}

static void shadow_load(struct random *random)
{
    frame_push(&shadow_frame, shadow_roots, SHADOW_ROOTS);
    shadow_model.nodes = shadow_memory(NULL, 0, sizeof *shadow_model.nodes);
    shadow_model.nodes[0] = (struct shadow_node){0};
    shadow_steps_run(shadow_steps, random);
}

static uint64_t shadow_request(uint64_t number, struct random *random)
{
    shadow_steps_run(shadow_steps, random);
    return mix(number ^ shadow_model.count);
}

static const struct workload shadow = {
    .name = "shadow",
    .about = "a random mutator compared with a model: a test of the collector",
    .parameters = shadow_parameters,
    .parameter_count = LENGTH(shadow_parameters),
    .load = shadow_load,
    .request = shadow_request,
    .check = shadow_compare,
};

#endif
