/* collection-log.c: see collection-log.h. */
#include "heap/collection-log.h"

#include <time.h>

struct collection_log collection_log;

uint64_t clock_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

uint64_t collection_begin(enum phase phase)
{
    collection_log.before = phase_enter(phase);
    return clock_now();
}

void collection_finish(enum collection_kind kind, enum collection_why why,
                       uint64_t start)
{
    uint64_t duration = clock_now() - start;
    if (collection_log.count == COLLECTION_LOG_LENGTH) {
        collection_log.more++;
    } else {
        collection_log.entries[collection_log.count++] =
            (struct collection){kind, why, start, duration};
    }
    phase_enter(collection_log.before);
    if (collection_log.finished != NULL) {
        collection_log.finished(kind);
    }
}
