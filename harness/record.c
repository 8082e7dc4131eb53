/* record.c: a record's memory; its JSON is made in record-json.c. */
#include "harness/record.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness/memory.h"

const char *reason_text(enum reason reason)
{
    static const char *const texts[] = {
        [REASON_NONE] = NULL,
        [REASON_START_FAILED] = "start-failed",
        [REASON_TEMPLATE_DIED] = "template-died",
        [REASON_WORKER_DIED] = "worker-died",
        [REASON_STALLED] = "stalled",
        [REASON_OVER_TIME] = "over-time",
        [REASON_NONSENSE] = "nonsense",
        [REASON_REFUSED] = "refused",
        [REASON_FORK_FAILED] = "fork-failed",
        [REASON_OUT_OF_MEMORY] = "out-of-memory",
        [REASON_UNREADABLE] = "unreadable",
        [REASON_CHECKSUM_DIFFERS] = "checksum-differs",
        [REASON_STRAY_PROCESS] = "stray-process",
        [REASON_INTERRUPTED] = "interrupted",
    };
    return texts[reason];
}

const char *moment_text(enum moment moment)
{
    static const char *const texts[] = {
        [MOMENT_FORKED] = "forked",
        [MOMENT_COLLECTION] = "collection",
        [MOMENT_REQUEST] = "request",
        [MOMENT_BURST] = "burst",
    };
    return texts[moment];
}

void record_open(struct record *record, const struct experiment *experiment,
                 const struct cell *cell, unsigned invocation, uint64_t seed)
{
    time_t now = time(NULL);
    struct tm utc;
    *record = (struct record){
        .experiment = experiment,
        .cell = cell,
        .invocation = invocation,
        .seed = seed,
        .prepare_ns = xcalloc(cell->prepare_count + 1, sizeof(uint64_t)),
        .workers = xcalloc(cell->workers, sizeof *record->workers),
        .warnings = json_array(),
    };
    for (unsigned i = 0; i < cell->workers; i++)
        record->workers[i].counters = xcalloc(
            experiment->counter_count + 1, sizeof *record->workers[i].counters);
    gmtime_r(&now, &utc);
    strftime(record->started_at, sizeof record->started_at,
             "%Y-%m-%dT%H:%M:%SZ", &utc);
}

static void free_worker(struct record_worker *worker)
{
    for (size_t i = 0; i < worker->sample_count; i++) {
        sample_clear(&worker->samples[i].sample);
        json_decref(worker->samples[i].page_changes);
    }
    free(worker->samples);
    free(worker->collections);
    free(worker->counters);
    json_decref(worker->stats);
    json_decref(worker->floor);
    json_decref(worker->page_map);
    json_decref(worker->page_writers);
}

void record_free(struct record *record)
{
    for (unsigned i = 0; i < record->cell->workers; i++)
        free_worker(&record->workers[i]);
    free(record->workers);
    free(record->bursts);
    free(record->prepare_ns);
    free(record->regions);
    free(record->inherited);
    json_decref(record->inherited_map);
    free(record->program_hash);
    free(record->detail);
    free(record->output);
    json_decref(record->environment);
    json_decref(record->layout);
    json_decref(record->blame);
    json_decref(record->limits);
    json_decref(record->looks);
    free(record->limits_why);
    json_decref(record->warnings);
    *record = (struct record){0};
}

static char *format_text(const char *format, va_list arguments)
{
    char text[2048];
    vsnprintf(text, sizeof text, format, arguments);
    return xstrdup(text);
}

void record_invalid(struct record *record, enum reason reason,
                    const char *format, ...)
{
    if (record->reason != REASON_NONE)
        return;
    va_list arguments;
    va_start(arguments, format);
    record->detail = format_text(format, arguments);
    va_end(arguments);
    record->reason = reason;
}

/* One more zeroed element at the end of an array. */
static void *append(void *array, size_t *count, size_t size)
{
    char *grown = xreallocarray(array, *count + 1, size);
    memset(grown + *count * size, 0, size);
    ++*count;
    return grown;
}

struct record_sample *record_add_sample(struct record_worker *worker)
{
    worker->samples =
        append(worker->samples, &worker->sample_count, sizeof *worker->samples);
    return &worker->samples[worker->sample_count - 1];
}

struct record_collection *record_add_collection(struct record_worker *worker)
{
    worker->collections = append(worker->collections, &worker->collection_count,
                                 sizeof *worker->collections);
    return &worker->collections[worker->collection_count - 1];
}

struct record_burst *record_add_burst(struct record *record)
{
    record->bursts =
        append(record->bursts, &record->burst_count, sizeof *record->bursts);
    return &record->bursts[record->burst_count - 1];
}

static void warn(struct record *record, const char *level, const char *code,
                 const char *next, char *detail)
{
    json_array_append_new(record->warnings,
                          json_pack("{s:s, s:s, s:s, s:s}", "level", level,
                                    "code", code, "detail", detail, "next",
                                    next));
    free(detail);
}

void record_warn(struct record *record, const char *code, const char *next,
                 const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    warn(record, "warning", code, next, format_text(format, arguments));
    va_end(arguments);
}

void record_note(struct record *record, const char *code, const char *next,
                 const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    warn(record, "note", code, next, format_text(format, arguments));
    va_end(arguments);
}
