/* failure.c: from an answer that is not OK to a reason and its details; see
 * failure.h. */
#include "harness/failure.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/memory.h"

#define END_PATIENCE (2 * NS_PER_SECOND) /* for a process that is ending */
#define END_PAUSE_US 1000

/* How one worker ended, as the template says. */
struct end {
    bool known;
    bool untold; /* it has ended, and only its server knows how */
    bool signalled;
    int number; /* exit status or signal */
};

/* Takes PID:exit:STATUS, PID:signal:NUMBER or, of a server, PID:ended. */
static void note_end(struct invocation *invocation, char *text,
                     struct end *ends)
{
    uint64_t pid, number;
    char *rest = text;
    const char *first = strsep(&rest, ":"), *kind = strsep(&rest, ":");
    bool untold = invocation->supervision.on_behalf && kind && !rest &&
                  !strcmp(kind, "ended");
    if (!kind || parse_decimal(first, &pid) < 0 ||
        (!untold && (!rest || parse_decimal(rest, &number) < 0)))
        return;
    for (size_t i = 0; i < invocation->supervision.worker_count; i++)
        if ((uint64_t)invocation->supervision.workers[i].pid == pid)
            ends[i] = (struct end){
                .known = !untold,
                .untold = untold,
                .signalled = !strcmp(kind, "signal"),
                .number = untold ? 0 : (int)number,
            };
}

/* Asks the template how its workers ended, one entry each in the order of the
 * supervision's list; the caller frees it. */
static struct end *reap(struct invocation *invocation)
{
    struct supervision *supervision = &invocation->supervision;
    struct conversation *template = &invocation->template;
    struct patience patience = {.deadline_ns = clock_now() + END_PATIENCE,
                                .interrupt = invocation->interrupt};
    struct end *ends = xcalloc(supervision->worker_count + 1, sizeof *ends);
    struct message message = {0};
    if (conversation_ask(template, "reap") == ANSWER_OK &&
        conversation_wait(&template, 1, &patience, NULL) == ANSWER_OK &&
        conversation_answer(template, "reaped", &message) == ANSWER_OK)
        for (size_t i = 0; i < message.count; i++)
            note_end(invocation, message.items[i].value, ends);
    message_clear(&message);
    return ends;
}

static bool killed_for_memory(const struct invocation *invocation, int signal)
{
    return signal == SIGKILL && limit_out_of_memory(invocation);
}

static int failure_of_template_end(struct invocation *invocation,
                                   const char *doing)
{
    struct supervision *supervision = &invocation->supervision;
    char text[80] = "closed its connection and still runs";
    int signal = 0;
    supervision_template_end(supervision, text, &signal);
    record_invalid(invocation->record,
                   killed_for_memory(invocation, signal) ? REASON_OUT_OF_MEMORY
                                                         : REASON_TEMPLATE_DIED,
                   "the template (pid %d) %s while %s",
                   (int)supervision->template.pid, text, doing);
    return -1;
}

void failure_of_stall(struct invocation *invocation, const char *format, ...)
{
    const struct regime *regime = &invocation->record->cell->regime;
    uint64_t spent = clock_now() - invocation->begun_ns;
    char detail[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(detail, sizeof detail, format, arguments);
    va_end(arguments);
    if (regime->time_limit_s && spent >= regime->time_limit_s * NS_PER_SECOND)
        record_invalid(invocation->record, REASON_OVER_TIME,
                       "the invocation took longer than its time-limit of "
                       "%u s; at the end of it %s",
                       regime->time_limit_s, detail);
    else
        record_invalid(invocation->record, REASON_STALLED, "%s", detail);
}

/* What is the same for every process; -1 as always. */
static int blame(struct invocation *invocation, const char *who,
                 const struct conversation *conversation, enum answer answer,
                 const char *doing)
{
    struct record *record = invocation->record;
    if (answer == ANSWER_STALLED &&
        !supervision_template_runs(&invocation->supervision))
        return failure_of_template_end(invocation, doing);
    switch (answer) {
    case ANSWER_INTERRUPTED:
        record_invalid(record, REASON_INTERRUPTED, "stopped by a signal");
        break;
    case ANSWER_STALLED:
        failure_of_stall(invocation,
                         "%s gave no answer within %u s while %s; if it is "
                         "only slow, raise timeout: in the experiment file",
                         who, record->cell->regime.timeout_s, doing);
        break;
    case ANSWER_REFUSED:
        record_invalid(record, REASON_REFUSED, "%s refused while %s: %s", who,
                       doing, conversation->detail);
        break;
    default:
        record_invalid(record, REASON_NONSENSE,
                       "%s talked nonsense while %s: %s", who, doing,
                       conversation->detail);
    }
    return -1;
}

int failure_of_template(struct invocation *invocation, enum answer answer,
                        const char *doing)
{
    if (answer == ANSWER_CLOSED)
        return failure_of_template_end(invocation, doing);
    return blame(invocation, "the template", &invocation->template, answer,
                 doing);
}

/* Which worker it was, and what is known of it last. */
static void name_dead(struct invocation *invocation, unsigned index,
                      char who[32], char last[64])
{
    const struct record_worker *worker = &invocation->record->workers[index];
    progress_letter(invocation->progress, index, LETTER_DEAD);
    snprintf(who, 32, "worker %u", index);
    if (worker->sample_count)
        snprintf(last, 64, "; last sampled after %llu requests",
                 (unsigned long long)worker->samples[worker->sample_count - 1]
                     .requests);
}

/* Marks the worker at this place of the supervision's list as dead. */
static int failure_of_worker_end(struct invocation *invocation, size_t place,
                                 const struct end *end, const char *doing)
{
    char text[80] = "closed its connection";
    pid_t pid = invocation->supervision.workers[place].pid;
    if (end->untold)
        snprintf(text, sizeof text, "ended (how, only its server knows)");
    if (end->known)
        supervision_end_text(text, end->signalled, end->number);
    bool memory = end->known && end->signalled &&
                  killed_for_memory(invocation, end->number);
    char who[32] = "a worker", last[64] = "";
    for (unsigned i = 0; i < invocation->record->cell->workers; i++)
        if (invocation->record->workers[i].pid == pid)
            name_dead(invocation, i, who, last);
    record_invalid(
        invocation->record, memory ? REASON_OUT_OF_MEMORY : REASON_WORKER_DIED,
        "%s (pid %d) %s while %s%s", who, (int)pid, text, doing, last);
    return -1;
}

int failure_of_worker(struct invocation *invocation, unsigned worker,
                      enum answer answer, const char *doing)
{
    struct supervision *supervision = &invocation->supervision;
    pid_t pid = invocation->record->workers[worker].pid;
    char who[64];
    snprintf(who, sizeof who, "worker %u (pid %d)", worker, (int)pid);
    if (answer != ANSWER_CLOSED)
        return blame(invocation, who, &invocation->workers[worker], answer,
                     doing);
    size_t place = 0;
    while (place + 1 < supervision->worker_count &&
           supervision->workers[place].pid != pid)
        place++;
    struct patience patience = {.deadline_ns = clock_now() + END_PATIENCE,
                                .interrupt = invocation->interrupt};
    supervision_worker_ended(supervision, place, &patience);
    struct end *ends = reap(invocation);
    failure_of_worker_end(invocation, place, &ends[place], doing);
    free(ends);
    return -1;
}

int failure_of_ends(struct invocation *invocation, const char *doing)
{
    struct supervision *supervision = &invocation->supervision;
    struct patience patience = invocation_patience(invocation);
    int status = 0;
    for (size_t i = 0; i < supervision->worker_count; i++)
        if (!supervision_worker_ended(supervision, i, &patience)) {
            failure_of_stall(invocation,
                             "a worker (pid %d) said bye and still runs",
                             (int)supervision->workers[i].pid);
            return -1;
        }
    struct end *ends = reap(invocation);
    for (size_t i = 0; i < supervision->worker_count && status == 0; i++)
        if (!ends[i].untold &&
            (!ends[i].known || ends[i].signalled || ends[i].number))
            status = failure_of_worker_end(invocation, i, &ends[i], doing);
    free(ends);
    return status;
}

/* The place of the first worker that has ended, or the count of them. */
static size_t first_ended(const struct supervision *supervision)
{
    struct patience now = {.interrupt = -1};
    size_t place = 0;
    while (place < supervision->worker_count &&
           !supervision_worker_ended(supervision, place, &now))
        place++;
    return place;
}

int failure_of_any(struct invocation *invocation, const char *doing)
{
    struct supervision *supervision = &invocation->supervision;
    uint64_t deadline = clock_now() + END_PATIENCE;
    size_t place;
    /* The connection may close a little before the process is gone. */
    while ((place = first_ended(supervision)) == supervision->worker_count &&
           supervision_template_runs(supervision) && clock_now() < deadline)
        usleep(END_PAUSE_US);
    if (!supervision_template_runs(supervision))
        return failure_of_template_end(invocation, doing);
    if (place < supervision->worker_count) {
        struct end *ends = reap(invocation);
        failure_of_worker_end(invocation, place, &ends[place], doing);
        free(ends);
    } else
        record_invalid(invocation->record, REASON_WORKER_DIED,
                       "a worker closed its connection while %s", doing);
    return -1;
}
