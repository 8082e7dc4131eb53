/* main.c: the command line of a collector program.
 *
 * Under cowlab it is started without arguments, with COWLAB_SOCKET set.  By
 * hand, `run` serves a workload in one process, for a debugger, valgrind, or a
 * first try of a new collector. */
#include "collectors/collector.h"
#include "subjects/c/describe.h"
#include "subjects/c/message.h"
#include "subjects/c/process.h"
#include "subjects/c/serve.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void usage(FILE *stream)
{
    fprintf(stream,
            "usage: %s --describe | --operations\n"
            "       %s run WORKLOAD REQUESTS [KEY=VALUE...]\n"
            "KEY is seed, a parameter of the workload, or option.NAME.\n"
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

/* Serves REQUESTS in this process and prints checksums, times and counters. */
static int run(char **words, unsigned count)
{
    static uint64_t latency_ns[SERVE_MOST];
    struct server server = {.worker = 0};
    uint64_t requests;
    char workload[128];
    if (count < 2 || !message_number(words[1], &requests)) {
        usage(stderr);
        return EXIT_FAILURE;
    }
    snprintf(workload, sizeof workload, "workload=%s", words[0]);
    words[1] = workload;
    const char *wrong = settings_take(&server.settings, words + 1, count - 1);
    if (wrong != NULL) {
        fprintf(stderr, "%s: %s\n", collector.name, wrong);
        return EXIT_FAILURE;
    }
    printf("load_ns %" PRIu64 "\n", serve_load(&server));
    uint64_t ns = 0;
    for (uint64_t first = 0; first < requests; first += SERVE_MOST) {
        uint64_t left = requests - first;
        ns += serve_requests(&server, first,
                             left < SERVE_MOST ? (unsigned)left : SERVE_MOST,
                             latency_ns);
    }
    uint64_t graph = server.settings.workload->check();
    uint64_t start = clock_now();
    collector.collect(COLLECTION_FULL, COLLECTION_ASKED);
    uint64_t collection_ns = clock_now() - start;
    wrong = collector.verify();
    printf("serve_ns %" PRIu64 "\n", ns);
    printf("full_collection_ns %" PRIu64 "\n", collection_ns);
    printf("graph %016" PRIx64 "\n", graph);
    printf("graph_after_collection %016" PRIx64 "\n",
           server.settings.workload->check());
    printf("replies %016" PRIx64 "\n", server.replies);
    collector.counters(print_number, NULL);
    collector.close();
    if (wrong != NULL) {
        fprintf(stderr, "%s: %s\n", collector.name, wrong);
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    const char *missing = operation_missing();
    if (missing != NULL) {
        fprintf(stderr, "%s: the collector defines no '%s'\n", collector.name,
                missing);
        return EXIT_FAILURE;
    }
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
    } else {
        usage(stderr);
        return EXIT_FAILURE;
    }
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
