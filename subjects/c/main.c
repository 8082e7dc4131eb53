/* main.c: the command line of a collector program.
 *
 * Under cowlab it is started without arguments, with COWLAB_SOCKET set.  By
 * hand, `run` serves a workload in one process, for a debugger, valgrind, or a
 * first try of a new collector, and `promise` serves it and then holds what the
 * collector writes in forked children against its declaration. */
#include "collectors/collector.h"
#include "subjects/c/checking.h"
#include "subjects/c/describe.h"
#include "subjects/c/message.h"
#include "subjects/c/process.h"
#include "subjects/c/promise.h"
#include "subjects/c/serve.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void usage(FILE *stream)
{
    fprintf(stream,
            "usage: %s --describe | --operations\n"
            "       %s run|promise WORKLOAD REQUESTS [KEY=VALUE...]\n"
            "KEY is seed, a parameter of the workload, option.NAME, or "
            "prepare: a step\nafter loading.\n"
            "Under cowlab it is started with COWLAB_SOCKET set.\n"
            "example: %s run uniform 10 heap-bytes=1048576 "
            "option.growth=150\n",
            collector.name, collector.name, collector.name);
}

static void print_number(const char *name, uint64_t value, void *context)
{
    (void)context;
    printf("%s %" PRIu64 "\n", name, value);
}

#define STEPS_MOST 16u

/* What is to be served, and the steps to prepare with. */
struct work {
    struct server server;
    uint64_t requests;
    char *steps[STEPS_MOST];
    unsigned step_count;
};

/* Takes WORKLOAD REQUESTS [KEY=VALUE...].  Returns whether they are right, and
 * says what is wrong. */
static bool work_take(struct work *work, char **words, unsigned count)
{
    char workload[128];
    char *settings[256] = {workload};
    unsigned setting_count = 1;
    if (count < 2 || count > LENGTH(settings) ||
        !message_number(words[1], &work->requests)) {
        usage(stderr);
        return false;
    }
    snprintf(workload, sizeof workload, "workload=%s", words[0]);
    for (unsigned i = 2; i < count; i++) {
        if (strncmp(words[i], "prepare=", 8) != 0) {
            settings[setting_count++] = words[i];
        } else if (work->step_count < STEPS_MOST) {
            work->steps[work->step_count++] = words[i] + 8;
        }
    }
    const char *wrong =
        settings_take(&work->server.settings, settings, setting_count);
    if (wrong != NULL) {
        fprintf(stderr, "%s: %s\n", collector.name, wrong);
    }
    return wrong == NULL;
}

static bool work_prepare(const struct work *work)
{
    for (unsigned i = 0; i < work->step_count; i++) {
        if (!serve_prepare(work->steps[i])) {
            fprintf(stderr, "%s: no step '%s'\n", collector.name,
                    work->steps[i]);
            return false;
        }
    }
    return true;
}

/* Returns the nanoseconds it took. */
static uint64_t work_serve(struct work *work)
{
    static struct serve_times times;
    uint64_t ns = 0;
    for (uint64_t first = 0; first < work->requests; first += SERVE_MOST) {
        uint64_t left = work->requests - first;
        ns += serve_requests(&work->server, first,
                             left < SERVE_MOST ? (unsigned)left : SERVE_MOST,
                             &times);
    }
    return ns;
}

/* Serves in this process and prints checksums, times and counters. */
static int run(char **words, unsigned count)
{
    struct work work = {.requests = 0};
    if (!work_take(&work, words, count)) {
        return EXIT_FAILURE;
    }
    printf("load_ns %" PRIu64 "\n", serve_load(&work.server));
    if (!work_prepare(&work)) {
        return EXIT_FAILURE;
    }
    uint64_t ns = work_serve(&work);
    uint64_t graph = work.server.settings.workload->check();
    uint64_t start = clock_now();
    collector.collect(COLLECTION_FULL, COLLECTION_ASKED);
    uint64_t collection_ns = clock_now() - start;
    const char *wrong = collector.verify();
    printf("serve_ns %" PRIu64 "\n", ns);
    printf("full_collection_ns %" PRIu64 "\n", collection_ns);
    printf("graph %016" PRIx64 "\n", graph);
    printf("graph_after_collection %016" PRIx64 "\n",
           work.server.settings.workload->check());
    printf("replies %016" PRIx64 "\n", work.server.replies);
    collector.counters(print_number, NULL);
    checking_counters(print_number, NULL);
    collector.close();
    if (wrong != NULL) {
        fprintf(stderr, "%s: %s\n", collector.name, wrong);
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

static int promise(char **words, unsigned count)
{
    struct work work = {.requests = 0};
    if (!work_take(&work, words, count)) {
        return EXIT_FAILURE;
    }
    serve_load(&work.server);
    if (!work_prepare(&work)) {
        return EXIT_FAILURE;
    }
    work_serve(&work);
    return promise_check();
}

int main(int argc, char **argv)
{
    const char *missing = operation_missing();
    if (missing != NULL) {
        fprintf(stderr, "%s: the collector defines no '%s'\n", collector.name,
                missing);
        return EXIT_FAILURE;
    }
    checking_begin();
    if (argc == 1 && getenv("COWLAB_SOCKET") != NULL) {
        process_template();
    }
    if (argc == 2 && strcmp(argv[1], "--describe") == 0) {
        describe();
    } else if (argc == 2 && strcmp(argv[1], "--operations") == 0) {
        describe_operations();
    } else if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        usage(stdout);
    } else if (argc > 2 && strcmp(argv[1], "run") == 0) {
        return run(argv + 2, (unsigned)argc - 2);
    } else if (argc > 2 && strcmp(argv[1], "promise") == 0) {
        return promise(argv + 2, (unsigned)argc - 2);
    } else {
        usage(stderr);
        return EXIT_FAILURE;
    }
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
