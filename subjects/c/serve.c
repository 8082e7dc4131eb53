/* serve.c: see serve.h. */
#include "subjects/c/serve.h"

#include "collectors/collector.h"

#include <string.h>

uint64_t serve_load(struct server *server)
{
    struct random random =
        random_for(server->settings.seed, RANDOM_LOAD, RANDOM_LOAD);
    collector.open();
    uint64_t start = clock_now();
    server->settings.workload->load(&random);
    return clock_now() - start;
}

bool serve_prepare(const char *step)
{
    for (size_t i = 0; i < collector.prepare_count; i++) {
        if (strcmp(collector.prepare[i].name, step) == 0) {
            collector.prepare[i].run();
            return true;
        }
    }
    return false;
}

uint64_t serve_requests(struct server *server, uint64_t first, unsigned count,
                        uint64_t *latency_ns)
{
    uint64_t start = clock_now();
    uint64_t now = start;
    enum phase before = phase_enter(PHASE_REQUEST);
    for (unsigned i = 0; i < count; i++) {
        struct random random =
            random_for(server->settings.seed, server->worker, first + i);
        uint64_t began = now;
        collector.request_begin();
        uint64_t reply = server->settings.workload->request(first + i, &random);
        collector.request_end();
        server->replies = mix(server->replies ^ reply);
        now = clock_now();
        latency_ns[i] = now - began;
    }
    phase_enter(before);
    return now - start;
}
