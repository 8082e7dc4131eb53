/* writes.c: see writes.h. */
#include "subjects/c/writes.h"

#include "collectors/collector.h"
#include "heap/phase-writes.h"
#include "subjects/c/message.h"

#include <inttypes.h>
#include <stdlib.h>

#define RUNS_MOST 1024u /* in one answer, of less than 100 bytes each */

void writes_answer_template(void)
{
    const char *why = phase_log_begin()
                          ? phase_writes_want(collector.each_region)
                          : "no memory for a log";
    if (why != NULL) {
        message_error("writes: %s", why);
        return;
    }
    message_add("written");
    message_send();
}

static void add_run(const struct written_run *run)
{
    message_add(" %" PRIxPTR "-%" PRIxPTR "=%s", run->start, run->end,
                phase_word(run->first));
    for (unsigned phase = 0; run->phases >> phase != 0; phase++) {
        if ((run->phases >> phase & 1) != 0 && phase != run->first) {
            message_add(",%s", phase_word(phase));
        }
    }
}

void writes_answer_worker(char **words, unsigned count)
{
    char *end = NULL;
    uintptr_t from = count == 2 ? strtoull(words[1], &end, 16) : 0;
    if (count > 2 || (end != NULL && (end == words[1] || *end != '\0'))) {
        message_error("writes: expected nothing, or an address");
        return;
    }
    if (phase_writes.is_on) {
        phase_writes_note(phase_log.now);
    }
    if (!phase_writes.is_on) {
        message_error("writes: %s", phase_writes.why == NULL
                                        ? "nobody asked before the fork"
                                        : phase_writes.why);
        return;
    }
    struct written_run run = {.end = from};
    message_add("written ns=%" PRIu64, phase_writes.ns);
    for (unsigned i = 0; phase_writes_next(run.end, &run); i++) {
        if (i == RUNS_MOST) {
            message_add(" more=%" PRIxPTR, run.start);
            break;
        }
        add_run(&run);
    }
    message_send();
}
