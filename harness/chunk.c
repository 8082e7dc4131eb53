/* chunk.c: the requests that all workers are asked for at once, in a closed or
 * an open loop; see invocation.h. */
#include "harness/invocation.h"

#include <stdio.h>
#include <stdlib.h>

#include "harness/arrivals.h"
#include "harness/blame-ledger.h"
#include "harness/memory.h"

/* From asking until schedules begin: the workers have to read what they were
 * sent.  One that does begins late, which its result tells. */
#define START_NS        (2 * NS_PER_MS)
#define START_WORKER_NS (NS_PER_MS / 5)

struct chunk {
    uint64_t first, count;
    uint64_t start_ns; /* CLOCK_MONOTONIC */
    uint64_t
        *due_ns; /* in an open loop: `count` of each worker in turn; NULL */
    char doing[80];
};

static bool is_open(const struct invocation *invocation)
{
    return invocation->record->cell->regime.arrivals.kind != ARRIVALS_CLOSED;
}

/* A number for each request, or -1. */
static int take_times(const struct message *message, const char *key,
                      uint64_t *ns, uint64_t count)
{
    const char *list = message_value(message, key);
    return list && parse_decimals(list, ns, count) == (int)count ? 0 : -1;
}

static int take_latencies(struct invocation *invocation, unsigned index,
                          const struct message *message,
                          const struct chunk *chunk)
{
    struct latency *latency = &invocation->record->workers[index].latency;
    uint64_t *service = xcalloc(chunk->count, sizeof *service), ns;
    uint64_t *response = xcalloc(chunk->count, sizeof *response);
    const char *lacking = NULL;
    if (message_number(message, "ns", &ns) < 0 ||
        take_times(message, "latency_ns", service, chunk->count) < 0)
        lacking = "ns=N latency_ns=N,... of each request";
    else if (!chunk->due_ns)
        latency_add(latency, service, chunk->count);
    else if (take_times(message, "response_ns", response, chunk->count) < 0)
        lacking = "response_ns=N,... of each request";
    else if (latency_add_scheduled(latency, chunk->start_ns,
                                   chunk->due_ns + index * chunk->count,
                                   service, response, chunk->count) < 0)
        lacking = "response_ns: a request began before it was due, or before "
                  "the one before it had ended";
    free(service);
    free(response);
    return lacking
               ? invocation_nonsense(invocation, index, chunk->doing, lacking)
               : 0;
}

static int take_served(struct invocation *invocation, unsigned index,
                       const struct chunk *chunk)
{
    struct message message;
    if (invocation_worker_answer(invocation, index, "served", &message,
                                 chunk->doing) < 0)
        return -1;
    int status = take_latencies(invocation, index, &message, chunk);
    if (status == 0)
        status = invocation_take_collections(invocation, index, &message,
                                             chunk->doing);
    message_clear(&message);
    return status;
}

static int ask_closed(struct invocation *invocation, struct chunk *chunk)
{
    char question[64];
    snprintf(question, sizeof question, "serve %llu %llu",
             (unsigned long long)chunk->first,
             (unsigned long long)chunk->count);
    chunk->start_ns = clock_now();
    return invocation_ask_workers(invocation, chunk->doing, question);
}

/* The schedule of a worker, as the protocol has it but for the time at which
 * the first request is due; freed by the caller. */
static char *schedule_words(const struct invocation *invocation,
                            const struct chunk *chunk, const uint64_t *due_ns)
{
    const struct cell *cell = invocation->record->cell;
    if (cell->regime.arrivals.kind == ARRIVALS_CONSTANT)
        return xasprintf(
            "every %llu",
            chunk->count > 1 ? (unsigned long long)(due_ns[1] - due_ns[0]) : 0);
    char *words = xmalloc(8 + chunk->count * 21), *end = words;
    for (uint64_t i = 0; i < chunk->count; i++)
        end += sprintf(end, "%s%llu", i ? "," : "plus ",
                       (unsigned long long)(due_ns[i] - due_ns[0]));
    return words;
}

/* Has the schedule of a worker begin, and asks for the requests. */
static int ask_scheduled(struct invocation *invocation, unsigned worker,
                         struct chunk *chunk, const char *words)
{
    uint64_t *due_ns = chunk->due_ns + worker * chunk->count;
    for (uint64_t i = 0; i < chunk->count; i++)
        due_ns[i] += chunk->start_ns;
    if (due_ns[chunk->count - 1] > invocation->due_ns)
        invocation->due_ns = due_ns[chunk->count - 1];
    char *question = xasprintf(
        "serve %llu %llu at %llu %s", (unsigned long long)chunk->first,
        (unsigned long long)chunk->count, (unsigned long long)due_ns[0], words);
    int status =
        invocation_ask_worker(invocation, worker, chunk->doing, question);
    free(question);
    return status;
}

/* All that takes long is done before the schedules begin. */
static int ask_open(struct invocation *invocation, struct chunk *chunk)
{
    const struct record *record = invocation->record;
    unsigned workers = record->cell->workers;
    char **words = xcalloc(workers, sizeof *words);
    chunk->due_ns = xcalloc(workers * chunk->count, sizeof *chunk->due_ns);
    for (unsigned i = 0; i < workers; i++) {
        const struct arrivals_share share = {
            .arrivals = record->cell->regime.arrivals,
            .seed = record->seed,
            .worker = i,
            .workers = workers,
        };
        uint64_t *due_ns = chunk->due_ns + i * chunk->count;
        arrivals_offsets(&share, chunk->first, chunk->count, due_ns);
        words[i] = schedule_words(invocation, chunk, due_ns);
    }
    chunk->start_ns = clock_now() + START_NS + workers * START_WORKER_NS;
    int status = 0;
    for (unsigned i = 0; i < workers; i++) {
        if (status == 0)
            status = ask_scheduled(invocation, i, chunk, words[i]);
        free(words[i]);
    }
    free(words);
    return status < 0 ? -1 : invocation_await_workers(invocation, chunk->doing);
}

/* Every worker serves its next requests. */
static int ask_and_take(struct invocation *invocation, struct chunk *chunk,
                        struct record_burst *burst)
{
    unsigned workers = invocation->record->cell->workers;
    snprintf(chunk->doing, sizeof chunk->doing, "serving requests %llu to %llu",
             (unsigned long long)chunk->first,
             (unsigned long long)(chunk->first + chunk->count - 1));
    progress_letters(invocation->progress, LETTER_SERVING);
    uint64_t processor = clock_processor();
    if ((is_open(invocation) ? ask_open(invocation, chunk)
                             : ask_closed(invocation, chunk)) < 0)
        return -1;
    uint64_t spent = clock_now() - chunk->start_ns;
    invocation->record->supervisor_serving_ns += clock_processor() - processor;
    for (unsigned i = 0; i < workers; i++)
        if (take_served(invocation, i, chunk) < 0)
            return -1;
    invocation->served += chunk->count;
    burst->requests += chunk->count * workers;
    burst->ns += spent;
    invocation->record->serving_ns += spent;
    progress_letters(invocation->progress, LETTER_QUIET);
    return blame_look(invocation);
}

int invocation_serve_chunk(struct invocation *invocation, uint64_t count,
                           struct record_burst *burst)
{
    struct chunk chunk = {.first = invocation->served, .count = count};
    int status = ask_and_take(invocation, &chunk, burst);
    free(chunk.due_ns);
    return status;
}
