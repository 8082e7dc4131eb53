/* phase-log.c: see phase-log.h. */
#include "heap/phase-log.h"

#include "heap/collection-log.h"
#include "heap/phase-writes.h"

#include <stdlib.h>

struct phase_log phase_log;

const char *phase_word(enum phase phase)
{
    static const char *const words[] = {
#define PHASE_WORD(name, word, meaning) word,
        PHASES(PHASE_WORD)
#undef PHASE_WORD
    };
    return words[phase];
}

bool phase_log_begin(void)
{
    if (phase_log.entries == NULL) {
        phase_log.entries =
            malloc(PHASE_LOG_LENGTH * sizeof *phase_log.entries);
    }
    phase_log.is_on = phase_log.entries != NULL;
    return phase_log.is_on;
}

void phase_log_add(enum phase phase)
{
    if (phase_writes.is_on) {
        phase_writes_note(phase_log.now);
    }
    if (phase_log.count == PHASE_LOG_LENGTH) {
        phase_log.more++;
        return;
    }
    phase_log.entries[phase_log.count++] =
        (struct phase_entry){clock_now(), phase};
}
