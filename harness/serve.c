/* serve.c: bursts of requests dealt to the workers, and the collections of idle
 * workers before them; see invocation.h. */
#include "harness/invocation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/blame-ledger.h"
#include "harness/memory.h"

#define SERVE_LIMIT 4096 /* requests of one `serve`, by the protocol */

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

/* Records the collections that an answer lists.  None can have begun before the
 * fork. */
static int take_collections(struct invocation *invocation, unsigned index,
                            const struct message *message, const char *doing)
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

static int take_served(struct invocation *invocation, unsigned index,
                       uint64_t count, const char *doing)
{
    struct record_worker *worker = &invocation->record->workers[index];
    struct message message;
    if (invocation_worker_answer(invocation, index, "served", &message, doing) <
        0)
        return -1;
    uint64_t *latencies = xcalloc(count, sizeof *latencies), ns;
    const char *list = message_value(&message, "latency_ns");
    int got = list ? parse_decimals(list, latencies, count) : -1;
    for (int i = 0; i < got; i++)
        histogram_record(&worker->service, latencies[i]);
    free(latencies);
    int status = 0;
    if (got != (int)count || message_number(&message, "ns", &ns) < 0)
        status = invocation_nonsense(invocation, index, doing,
                                     "ns=N latency_ns=N,... of each request");
    if (status == 0)
        status = take_collections(invocation, index, &message, doing);
    message_clear(&message);
    return status;
}

/* Every worker serves its next `count` requests. */
static int serve_chunk(struct invocation *invocation, uint64_t count,
                       struct record_burst *burst)
{
    char question[64], doing[80];
    unsigned workers = invocation->record->cell->workers;
    uint64_t first = invocation->served;
    snprintf(question, sizeof question, "serve %llu %llu",
             (unsigned long long)first, (unsigned long long)count);
    snprintf(doing, sizeof doing, "serving requests %llu to %llu",
             (unsigned long long)first,
             (unsigned long long)(first + count - 1));
    progress_letters(invocation->progress, LETTER_SERVING);
    uint64_t begun = clock_now();
    if (invocation_ask_workers(invocation, doing, question) < 0)
        return -1;
    uint64_t spent = clock_now() - begun;
    for (unsigned i = 0; i < workers; i++)
        if (take_served(invocation, i, count, doing) < 0)
            return -1;
    invocation->served += count;
    burst->requests += count * workers;
    burst->ns += spent;
    invocation->record->serving_ns += spent;
    progress_letters(invocation->progress, LETTER_QUIET);
    return blame_look(invocation);
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
            if (serve_chunk(invocation, left < SERVE_LIMIT ? left : SERVE_LIMIT,
                            burst) < 0)
                return -1;
        }
        if (stop < end && invocation_observe(invocation, MOMENT_REQUEST) < 0)
            return -1;
    }
    return invocation_observe(invocation, MOMENT_BURST);
}

int invocation_serve(struct invocation *invocation)
{
    for (unsigned i = 1; i <= invocation->record->cell->regime.bursts; i++) {
        invocation->burst = i;
        progress_burst(invocation->progress, i);
        if (serve_burst(invocation) < 0)
            return -1;
    }
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
            status = take_collections(invocation, i, &message, doing);
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
