/* shadow.h: a random mutator beside a model of the heap that it should see
 * (shadow-model.h).
 *
 * Load and requests take random steps in both: new objects of all shapes
 * (small, wide, large, buffered, deep lists), stores, payload writes, dropped
 * roots.  Every so often it collects, has the collector verify its heap, and
 * compares the whole reachable graph and its contents with the model.
 *
 * It also forks in the middle: the child is a worker that goes on from the
 * graph as it is, collects and compares on its side, and ends; then the parent
 * goes on, or, with `siblings`, while some of its children run and write and
 * end when they like.  Under cowlab the workers do so from their template's
 * graph. */
#ifndef WORKLOADS_SHADOW_H
#define WORKLOADS_SHADOW_H

#include "collectors/collector.h"
#include "workloads/shadow-model.h"
#include "workloads/workload.h"

#include <sys/wait.h>
#include <unistd.h>

static int64_t shadow_steps = 1000;
static int64_t shadow_collect_every = 100;
static int64_t shadow_minor_every = 0;
static int64_t shadow_collect_allocations = 0;
static int64_t shadow_fork_every = 0;
static int64_t shadow_siblings = 0;
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
    {"siblings", &shadow_siblings, 0, 64, NULL, "processes",
     "children that may still run while their parent goes on; each makes a "
     "random number of steps, so many times as many at most"},
    {"deep", &shadow_deep, 1, 100000000, NULL, "objects",
     "length of the deepest list"},
    {"wide", &shadow_wide, 1, 1000000, NULL, "references",
     "size of the widest object"},
};

static struct {
    uint64_t allocations;
    bool forked;     /* this process is a child that a step forked */
    int64_t running; /* children that were not reaped yet */
} shadow_mutator;

/* Before an object is made. */
static void shadow_allocating(void)
{
    uint64_t every = (uint64_t)shadow_collect_allocations;
    if (every > 0 && ++shadow_mutator.allocations % every == 0) {
        collector.collect(shadow_mutator.allocations / every % 2 == 0
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
static _Noreturn void shadow_child_run(uint64_t seed)
{
    struct random own = {seed};
    int64_t steps = shadow_fork_every < 100 ? shadow_fork_every : 100;
    if (shadow_siblings > 0) {
        steps = 1 + (int64_t)(random_next(&own) %
                              (uint64_t)(shadow_siblings * steps));
    }
    shadow_mutator.forked = true;
    collector.after_fork((unsigned)(seed % 4));
    shadow_steps_run(steps, &own);
    shadow_collect();
    _exit(EXIT_SUCCESS);
}

/* Waits until no more than so many children run. */
static void shadow_reap(int64_t most)
{
    int status;
    for (; shadow_mutator.running > most; shadow_mutator.running--) {
        pid_t child = waitpid(-1, &status, 0);
        if (child < 0) {
            shadow_fail(0, "cannot wait for a child");
        }
        if (!WIFEXITED(status) || WEXITSTATUS(status) != EXIT_SUCCESS) {
            shadow_fail(0, "a child that was forked here or before failed");
        }
    }
}

static void shadow_fork(struct random *random)
{
    uint64_t seed = random_next(random);
    collector.before_fork();
    pid_t child = fork();
    if (child == 0) {
        shadow_child_run(seed);
    }
    if (child < 0) {
        shadow_fail(0, "cannot fork");
    }
    shadow_mutator.running++;
    shadow_reap(shadow_siblings);
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
        if (shadow_fork_every > 0 && !shadow_mutator.forked &&
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
    shadow_reap(0);
}

static uint64_t shadow_request(uint64_t number, struct random *random)
{
    shadow_steps_run(shadow_steps, random);
    shadow_reap(0);
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
