/* serve.c: bursts of requests dealt to the workers, and the collections of idle
 * workers before them; see invocation.h. */
#include "harness/invocation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/blame-ledger.h"
#include "harness/memory.h"

#define SERVE_LIMIT 4096 /* requests of one `serve`, by the protocol */

/* The share of the requests due, by rate, that a worker begins which keeps up
 * with its schedule, but for a stall at its end. */
#define KEPT_UP 0.95

/* Takes KIND:START:DURATION:WHY apart. */
static int parse_collection(char *text, struct record_collection *collection)
{
    char *rest = text;
    const char *kind = strsep(&rest, ":"), *start = strsep(&rest, ":");
    const char *ns = strsep(&rest, ":"), *why = rest;
    if (!why || parse_decimal(start, &collection->start_ns) < 0 ||
        parse_decimal(ns, &collection->ns) < 0)
        return -1;
    collection->full = !strcmp(kind, "full");
    collection->asked = !strcmp(why, "asked");
    return (collection->full || !strcmp(kind, "minor")) &&
                   (collection->asked || !strcmp(why, "threshold"))
               ? 0
               : -1;
}

/* None can have begun before the fork. */
int invocation_take_collections(struct invocation *invocation, unsigned index,
                                const struct message *message,
                                const char *doing)
{
    struct record *record = invocation->record;
    struct record_worker *worker = &record->workers[index];
    char *list = message_value(message, "collections");
    const char *more = message_value(message, "collections_more");
    uint64_t unlisted = 0;
    for (char *text; (text = strsep(&list, ","));) {
        struct record_collection collection = {.requests = invocation->served};
        if (!*text)
            continue;
        if (parse_collection(text, &collection) < 0 ||
            collection.start_ns < record->fork_at)
            return invocation_nonsense(invocation, index, doing,
                                       "collections=KIND:START:DURATION:WHY");
        *record_add_collection(worker) = collection;
    }
    if (more && parse_decimal(more, &unlisted) < 0)
        return invocation_nonsense(invocation, index, doing,
                                   "collections_more=N");
    worker->collections_unlisted += unlisted;
    return 0;
}

/* How many requests until the next sample or the end of the burst. */
static uint64_t next_stop(const struct invocation *invocation, uint64_t end)
{
    const struct regime *regime = &invocation->record->cell->regime;
    for (size_t i = 0; i < regime->sample_after_count; i++)
        if (regime->sample_after[i] > invocation->served)
            return regime->sample_after[i] < end ? regime->sample_after[i]
                                                 : end;
    return end;
}

static int serve_burst(struct invocation *invocation)
{
    struct record *record = invocation->record;
    uint64_t end =
        invocation->served +
        record->cell->regime.requests_per_burst / record->cell->workers;
    struct record_burst *burst = record_add_burst(record);
    while (invocation->served < end) {
        uint64_t stop = next_stop(invocation, end);
        while (invocation->served < stop) {
            uint64_t left = stop - invocation->served;
            if (invocation_serve_chunk(invocation,
                                       left < SERVE_LIMIT ? left : SERVE_LIMIT,
                                       burst) < 0)
                return -1;
        }
        if (stop < end && invocation_observe(invocation, MOMENT_REQUEST) < 0)
            return -1;
    }
    return invocation_observe(invocation, MOMENT_BURST);
}

/* The worker that fell furthest behind its schedule, if any did by much. */
static void warn_of_queues(struct invocation *invocation)
{
    const struct record *record = invocation->record;
    const struct latency *worst = NULL;
    unsigned index = 0;
    double share = KEPT_UP;
    for (unsigned i = 0; i < record->cell->workers; i++) {
        const struct latency *latency = &record->workers[i].latency;
        double kept = latency_achieved(latency) / latency_offered(latency);
        if (kept < share) {
            share = kept;
            worst = latency;
            index = i;
        }
    }
    if (worst)
        record_warn(
            invocation->record, "behind-schedule",
            "if other invocations of the cell say so, too, lower the rate of "
            "arrivals: the response times tell how long the run was rather "
            "than how fast the subject is",
            "worker %u began %.1f requests per second, and %.1f were due: "
            "its queue was still there when its requests ended; it was busy "
            "for %.0f %% of the time",
            index, latency_achieved(worst), latency_offered(worst),
            100 * latency_busy(worst));
}

/* A queue that builds up over more time than a schedule lasts is never seen. */
static void warn_of_schedules(struct invocation *invocation)
{
    const struct regime *regime = &invocation->record->cell->regime;
    unsigned workers = invocation->record->cell->workers, most = 0;
    for (unsigned i = 0; i < workers; i++) {
        unsigned its = invocation->record->workers[i].latency.schedules;
        most = its > most ? its : most;
    }
    if (most <= regime->bursts)
        return;
    bool long_bursts = regime->requests_per_burst / workers > SERVE_LIMIT;
    record_warn(invocation->record, "schedules",
                long_bursts ? "set sample: [], and bursts of at most 4096 "
                              "requests of each worker"
                            : "set sample: []",
                "the schedule of arrivals began anew %u times in %u burst%s, "
                "at each sample%s: its queue was served to the end before, "
                "and response times are those of a queue that short",
                most, regime->bursts, regime->bursts == 1 ? "" : "s",
                long_bursts ? " and after every 4096 requests" : "");
}

int invocation_serve(struct invocation *invocation)
{
    for (unsigned i = 1; i <= invocation->record->cell->regime.bursts; i++) {
        invocation->burst = i;
        progress_burst(invocation->progress, i);
        if (serve_burst(invocation) < 0)
            return -1;
    }
    warn_of_queues(invocation);
    warn_of_schedules(invocation);
    return 0;
}

static int collect_once(struct invocation *invocation)
{
    const char *doing = "collecting while idle";
    progress_letters(invocation->progress, LETTER_COLLECTING);
    if (invocation_ask_workers(invocation, doing, "collect full") < 0)
        return -1;
    for (unsigned i = 0; i < invocation->record->cell->workers; i++) {
        struct message message;
        uint64_t ns;
        if (invocation_worker_answer(invocation, i, "collected", &message,
                                     doing) < 0)
            return -1;
        int status = message_number(&message, "ns", &ns);
        if (status < 0)
            invocation_nonsense(invocation, i, doing, "ns=N");
        else
            status =
                invocation_take_collections(invocation, i, &message, doing);
        message_clear(&message);
        if (status < 0)
            return -1;
    }
    return blame_look(invocation) < 0
               ? -1
               : invocation_observe(invocation, MOMENT_COLLECTION);
}

int invocation_collect(struct invocation *invocation)
{
    unsigned count = invocation->record->cell->regime.collections_first;
    for (unsigned i = 0; i < count; i++)
        if (collect_once(invocation) < 0)
            return -1;
    return 0;
}
