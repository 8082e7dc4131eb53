/* bench-malloc.c: binary-trees and GCBench with malloc and free.
 *
 *   tests/bench-malloc run WORKLOAD REQUESTS depth=N
 *
 * What tests/bench-collectors.py holds the collectors against: the trees of
 * workloads/binary-trees.h and workloads/gcbench.h as plain C structures, each
 * freed node by node after it was counted.  It prints what a collector program
 * prints of a run (equal replies say that equal trees were built), and how many
 * objects were made. */
#include "workloads/random.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LEAST_DEPTH   4
#define ARRAY_DOUBLES 500000

struct node {
    struct node *left, *right;
    int payload[]; /* GCBench: two integers */
};

static size_t node_bytes;
static uint64_t objects;

static uint64_t clock_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

static void *make(size_t bytes)
{
    void *made = malloc(bytes);

    if (made == NULL) {
        fprintf(stderr, "bench-malloc: no memory\n");
        exit(EXIT_FAILURE);
    }
    objects++;
    return made;
}

static struct node *node_new(struct node *left, struct node *right)
{
    struct node *node = make(node_bytes);

    node->left = left;
    node->right = right;
    if (node_bytes > sizeof *node)
        node->payload[0] = node->payload[1] = 0;
    return node;
}

static struct node *bottom_up(unsigned depth)
{
    if (depth == 0)
        return node_new(NULL, NULL);
    struct node *left = bottom_up(depth - 1);
    struct node *right = bottom_up(depth - 1);
    return node_new(left, right);
}

static void populate(struct node *node, unsigned depth)
{
    if (depth == 0)
        return;
    node->left = node_new(NULL, NULL);
    node->right = node_new(NULL, NULL);
    populate(node->left, depth - 1);
    populate(node->right, depth - 1);
}

static struct node *top_down(unsigned depth)
{
    struct node *node = node_new(NULL, NULL);

    populate(node, depth);
    return node;
}

static uint64_t count(const struct node *node)
{
    return node->left ? 1 + count(node->left) + count(node->right) : 1;
}

static void release(struct node *node)
{
    if (node->left) {
        release(node->left);
        release(node->right);
    }
    free(node);
}

static uint64_t count_and_release(struct node *node)
{
    uint64_t nodes = count(node);

    release(node);
    return nodes;
}

static uint64_t depth_of_request(uint64_t number, unsigned greatest)
{
    return LEAST_DEPTH + 2 * (number % ((greatest - LEAST_DEPTH) / 2 + 1));
}

/* What is kept to the end. */
static struct node *long_lived;
static double *array;

static void binary_trees_load(unsigned depth)
{
    node_bytes = sizeof(struct node);
    release(bottom_up(depth + 1));
    long_lived = bottom_up(depth);
}

static uint64_t binary_trees_request(uint64_t number, unsigned greatest)
{
    unsigned depth = (unsigned)depth_of_request(number, greatest);
    uint64_t nodes = 0;

    for (uint64_t i = UINT64_C(1) << (greatest - depth + LEAST_DEPTH); i > 0;
         i--)
        nodes += count_and_release(bottom_up(depth));
    return mix(nodes);
}

static void gcbench_load(unsigned depth)
{
    node_bytes = sizeof(struct node) + 2 * sizeof(int);
    release(bottom_up(depth + 2));
    long_lived = top_down(depth);
    array = make(ARRAY_DOUBLES * sizeof *array);
    for (size_t i = 0; i < ARRAY_DOUBLES / 2; i++)
        array[i] = i == 0 ? 0 : 1.0 / (double)i;
}

static uint64_t gcbench_request(uint64_t number, unsigned greatest)
{
    unsigned depth = (unsigned)depth_of_request(number, greatest);
    uint64_t trees =
        2 * ((UINT64_C(8) << greatest) - 1) / ((UINT64_C(2) << depth) - 1);
    uint64_t nodes = 0;

    for (uint64_t i = 0; i < trees; i++)
        nodes += count_and_release(top_down(depth));
    for (uint64_t i = 0; i < trees; i++)
        nodes += count_and_release(bottom_up(depth));
    return mix(nodes);
}

static const struct program {
    const char *name;
    void (*load)(unsigned depth);
    uint64_t (*request)(uint64_t number, unsigned greatest);
} programs[] = {
    {"binary-trees", binary_trees_load, binary_trees_request},
    {"gcbench", gcbench_load, gcbench_request},
};

static void run(const struct program *program, uint64_t requests,
                unsigned depth)
{
    uint64_t replies = 0;
    uint64_t start = clock_now();

    program->load(depth);
    uint64_t loaded = clock_now();
    for (uint64_t i = 0; i < requests; i++)
        replies = mix(replies ^ program->request(i, depth));
    uint64_t served = clock_now();
    printf("load_ns %" PRIu64 "\n", loaded - start);
    printf("serve_ns %" PRIu64 "\n", served - loaded);
    printf("replies %016" PRIx64 "\n", replies);
    printf("objects %" PRIu64 "\n", objects);
    release(long_lived);
    free(array);
}

int main(int argc, char **argv)
{
    unsigned depth;
    uint64_t requests;

    if (argc == 5 && strcmp(argv[1], "run") == 0 &&
        sscanf(argv[3], "%" SCNu64, &requests) == 1 &&
        sscanf(argv[4], "depth=%u", &depth) == 1 && depth >= LEAST_DEPTH &&
        depth <= 28) {
        for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
            if (strcmp(programs[i].name, argv[2]) == 0) {
                run(&programs[i], requests, depth);
                return EXIT_SUCCESS;
            }
    }
    fprintf(stderr,
            "usage: %s run binary-trees|gcbench REQUESTS depth=N (4 to 28)\n",
            argv[0]);
    return EXIT_FAILURE;
}
