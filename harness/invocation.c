/* invocation.c: the phases of an invocation; see invocation.h. */
#include "harness/invocation.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/blame-ledger.h"
#include "harness/failure.h"
#include "harness/environment.h"
#include "harness/memory.h"
#include "harness/template.h"

#define TICK (NS_PER_SECOND / 10) /* the progress line moves while we wait */

struct patience invocation_patience(const struct invocation *invocation)
{
    const struct regime *regime = &invocation->record->cell->regime;
    uint64_t now = clock_now();
    uint64_t from = invocation->due_ns > now ? invocation->due_ns : now;
    uint64_t deadline = from + regime->timeout_s * NS_PER_SECOND;
    uint64_t limit =
        invocation->begun_ns + regime->time_limit_s * NS_PER_SECOND;
    return (struct patience){
        .deadline_ns =
            regime->time_limit_s && limit < deadline ? limit : deadline,
        .interrupt = invocation->interrupt,
    };
}

enum answer invocation_wait(struct invocation *invocation,
                            struct conversation *const *list, size_t count,
                            size_t *culprit)
{
    struct patience whole = invocation_patience(invocation), turn = whole;
    enum answer answer;
    do {
        uint64_t tick = clock_now() + TICK;
        turn.deadline_ns = tick < whole.deadline_ns ? tick : whole.deadline_ns;
        answer = conversation_wait(list, count, &turn, culprit);
        progress_tick(invocation->progress);
    } while (answer == ANSWER_STALLED && clock_now() < whole.deadline_ns &&
             supervision_template_runs(&invocation->supervision));
    return answer;
}

int invocation_ask_worker(struct invocation *invocation, unsigned worker,
                          const char *doing, const char *question)
{
    enum answer answer =
        conversation_ask(&invocation->workers[worker], "%s", question);
    return answer == ANSWER_OK
               ? 0
               : failure_of_worker(invocation, worker, answer, doing);
}

int invocation_await_workers(struct invocation *invocation, const char *doing)
{
    unsigned workers = invocation->record->cell->workers;
    struct conversation **list = xcalloc(workers + 1, sizeof *list);
    size_t culprit = 0;
    for (unsigned i = 0; i < workers; i++)
        list[i] = &invocation->workers[i];
    list[workers] = &invocation->template;
    enum answer answer =
        invocation_wait(invocation, list, workers + 1, &culprit);
    free(list);
    if (answer == ANSWER_OK)
        return 0;
    return culprit == workers ? failure_of_template(invocation, answer, doing)
                              : failure_of_worker(invocation, (unsigned)culprit,
                                                  answer, doing);
}

int invocation_ask_workers(struct invocation *invocation, const char *doing,
                           const char *question)
{
    for (unsigned i = 0; i < invocation->record->cell->workers; i++)
        if (invocation_ask_worker(invocation, i, doing, question) < 0)
            return -1;
    return invocation_await_workers(invocation, doing);
}

int invocation_worker_answer(struct invocation *invocation, unsigned worker,
                             const char *word, struct message *message,
                             const char *doing)
{
    enum answer answer =
        conversation_answer(&invocation->workers[worker], word, message);
    return answer == ANSWER_OK
               ? 0
               : failure_of_worker(invocation, worker, answer, doing);
}

int invocation_nonsense(struct invocation *invocation, unsigned worker,
                        const char *doing, const char *lacking)
{
    struct conversation *conversation = &invocation->workers[worker];
    enum answer answer = conversation_nonsense(
        conversation, "the answer lacks a proper", lacking);
    return failure_of_worker(invocation, worker, answer, doing);
}

/* Descriptors that many counters must leave for everything else. */
enum { SPARE_DESCRIPTORS = 32 };

static void take_spare(int spare[SPARE_DESCRIPTORS])
{
    for (size_t i = 0; i < SPARE_DESCRIPTORS; i++)
        spare[i] = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void give_spare(const int spare[SPARE_DESCRIPTORS])
{
    for (size_t i = 0; i < SPARE_DESCRIPTORS; i++)
        if (spare[i] >= 0)
            close(spare[i]);
}

static int open_counters(struct invocation *invocation)
{
    const struct experiment *experiment = invocation->record->experiment;
    int spare[SPARE_DESCRIPTORS];
    take_spare(spare);
    for (unsigned i = 0; i < invocation->record->cell->workers; i++) {
        struct record_worker *worker = &invocation->record->workers[i];
        for (size_t k = 0; k < experiment->counter_count; k++)
            counter_open(experiment->counters[k], worker->pid,
                         &worker->counters[k].counter);
    }
    give_spare(spare);
    return 0;
}

static void read_counter(struct record_counter *counter)
{
    int status = counter_read(&counter->counter, &counter->value);
    if (status < 0)
        snprintf(counter->counter.why, sizeof counter->counter.why,
                 "it could not be read: %s", strerror(-status));
    counter->read = status == 0;
    counter_close(&counter->counter);
}

static int read_counters(struct invocation *invocation)
{
    for (unsigned i = 0; i < invocation->record->cell->workers; i++)
        for (size_t k = 0; k < invocation->record->experiment->counter_count;
             k++) {
            struct record_counter *counter =
                &invocation->record->workers[i].counters[k];
            if (counter->counter.count > 0)
                read_counter(counter);
        }
    return 0;
}

static int ask_stats(struct invocation *invocation)
{
    const char *doing = "telling its stats";
    if (invocation_ask_workers(invocation, doing, "stats") < 0)
        return -1;
    for (unsigned i = 0; i < invocation->record->cell->workers; i++) {
        struct message message;
        if (invocation_worker_answer(invocation, i, "stats", &message, doing) <
            0)
            return -1;
        json_t *stats = template_numbers(&message);
        message_clear(&message);
        if (!stats)
            return invocation_nonsense(invocation, i, doing, "KEY=N");
        invocation->record->workers[i].stats = stats;
    }
    return 0;
}

static int ask_checksums(struct invocation *invocation)
{
    const char *doing = "computing its checksums";
    if (invocation_ask_workers(invocation, doing, "check") < 0)
        return -1;
    for (unsigned i = 0; i < invocation->record->cell->workers; i++) {
        struct record_worker *worker = &invocation->record->workers[i];
        struct message message;
        if (invocation_worker_answer(invocation, i, "checked", &message,
                                     doing) < 0)
            return -1;
        const char *graph = message_value(&message, "graph");
        const char *replies = message_value(&message, "replies");
        bool untold = invocation->supervision.on_behalf && !graph;
        bool proper =
            (untold || (graph && parse_checksum(graph, worker->graph) == 0)) &&
            replies && parse_checksum(replies, worker->replies) == 0;
        message_clear(&message);
        if (!proper)
            return invocation_nonsense(invocation, i, doing,
                                       "graph=HEX replies=HEX");
    }
    return 0;
}

static int end_worker(struct invocation *invocation, unsigned worker)
{
    const char *doing = "ending";
    struct conversation *conversation = &invocation->workers[worker];
    struct message message;
    enum answer answer = conversation_ask(conversation, "quit");
    if (answer == ANSWER_OK)
        answer = invocation_wait(invocation, &conversation, 1, NULL);
    if (answer != ANSWER_OK)
        return failure_of_worker(invocation, worker, answer, doing);
    if (invocation_worker_answer(invocation, worker, "bye", &message, doing) <
        0)
        return -1;
    message_clear(&message);
    return 0;
}

/* The orderly end: everyone says bye, one by one because whoever has said it
 * closes the connection, and exits with status 0. */
static int end_workers(struct invocation *invocation)
{
    for (unsigned i = 0; i < invocation->record->cell->workers; i++)
        if (end_worker(invocation, i) < 0)
            return -1;
    for (unsigned i = 0; i < invocation->record->cell->workers; i++)
        conversation_close(&invocation->workers[i]);
    return failure_of_ends(invocation, "ending");
}

static int (*const phases[])(struct invocation *) = {
    limit_begin,
    template_start,
    template_load,
    template_prepare,
    template_describe,
    blame_begin,
    template_fork,
    open_counters,
    invocation_collect,
    invocation_serve,
    read_counters, /* before the workers are asked about their heaps */
    blame_settle,
    invocation_observe_template,
    invocation_find_strays,
    ask_stats,
    ask_checksums,
    blame_begin_exit,
    end_workers,
    blame_settle_exit,
    template_end,
};

static void warn_of_disagreements(struct invocation *invocation)
{
    if (invocation->disagreements)
        record_warn(
            invocation->record, "page-counts-disagree",
            "trust no page count of this result; report it with the "
            "kernel's release",
            "the page counts of %llu of %llu samples do not agree; the first: "
            "%s",
            (unsigned long long)invocation->disagreements,
            (unsigned long long)invocation->record->samples,
            invocation->disagreement);
}

/* What a subject says may be an error, and saying it takes time. */
static void take_output(struct record *record)
{
    uint64_t bytes;
    record->output = supervision_output(&bytes);
    if (bytes && record->reason == REASON_NONE)
        record_warn(record, "subject-output",
                    "read the end of it under \"output\" in the result, and "
                    "have the subject write nothing: that is measured too",
                    "the subject wrote %llu bytes to its standard output and "
                    "error",
                    (unsigned long long)bytes);
}

static void warn_of_swap(struct invocation *invocation)
{
    if (limit_swapped(invocation))
        record_warn(
            invocation->record, "swapped-pages",
            "take page counts from an experiment that does not swap",
            "pages went to swap meanwhile: one that is there is told neither "
            "broken nor shared, and one that came back reads broken to whoever "
            "has it alone");
}

static void close_all(struct invocation *invocation)
{
    struct record *record = invocation->record;
    read_counters(invocation);
    for (unsigned i = 0; i < record->cell->workers; i++)
        conversation_close(&invocation->workers[i]);
    free(invocation->workers);
    conversation_close(&invocation->template);
    ledger_free(invocation->ledger);
    blame_free(invocation->blame);
}

int invocation_run(struct record *record, struct progress *progress,
                   int interrupt, double load, struct error *error)
{
    struct invocation invocation = {
        .record = record,
        .progress = progress,
        .interrupt = interrupt,
        .begun_ns = clock_now(),
        .supervision = {.listener = -1},
        .template = {.descriptor = -1},
        .workers = xcalloc(record->cell->workers, sizeof(struct conversation)),
    };
    uint64_t processor = clock_processor();
    for (unsigned i = 0; i < record->cell->workers; i++)
        invocation.workers[i].descriptor = -1;
    environment_read(record, load);
    for (size_t i = 0; i < sizeof phases / sizeof *phases; i++)
        if (phases[i](&invocation) < 0)
            break;
    if (record->template_pid)
        take_output(record);
    warn_of_disagreements(&invocation);
    close_all(&invocation);
    warn_of_swap(&invocation);
    int status = supervision_close(&invocation.supervision, error);
    if (limit_end(&invocation, error) < 0)
        status = -1;
    record->wall_ns = clock_now() - invocation.begun_ns;
    record->supervisor_ns = clock_processor() - processor;
    return status;
}
