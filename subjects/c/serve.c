/* serve.c: see serve.h. */
#include "subjects/c/serve.h"

#include "collectors/collector.h"
#include "subjects/c/schedule.h"

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
                        struct serve_times *times)
{
    enum phase before = phase_enter(PHASE_REQUEST);
    uint64_t now = clock_now();
    uint64_t start = now;
    for (unsigned i = 0; i < count; i++) {
        if (times->scheduled && now < times->due_ns[i]) {
            schedule_wait(times->due_ns[i]);
            now = clock_now();
            start = i == 0 ? now : start;
        }
        struct random random =
            random_for(server->settings.seed, server->worker, first + i);
        uint64_t began = now;
        collector.request_begin();
        uint64_t reply = server->settings.workload->request(first + i, &random);
        collector.request_end();
        server->replies = mix(server->replies ^ reply);
        now = clock_now();
        times->latency_ns[i] = now - began;
        if (times->scheduled) {
            times->response_ns[i] = now - times->due_ns[i];
        }
    }
    phase_enter(before);
    return now - start;
}
