/* record.h: all that one invocation told, kept in memory until it is written.
 *
 * Times and sizes are as in the result's schema, results/schema/result.json,
 * which documents each key. */
#ifndef HARNESS_RECORD_H
#define HARNESS_RECORD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "harness/experiment.h"
#include "harness/latency.h"
#include "smaps/counters.h"
#include "smaps/sampler.h"

/* Why an invocation is invalid: a closed list. */
enum reason {
    REASON_NONE,
    REASON_START_FAILED, /* no greeting came from the template */
    REASON_TEMPLATE_DIED,
    REASON_WORKER_DIED,
    REASON_STALLED,   /* an answer was not there in time */
    REASON_OVER_TIME, /* the whole took longer than its time-limit */
    REASON_NONSENSE,  /* an answer that the protocol does not allow */
    REASON_REFUSED,   /* the subject answered with an error */
    REASON_FORK_FAILED,
    REASON_OUT_OF_MEMORY,    /* the kernel killed for want of memory */
    REASON_UNREADABLE,       /* the kernel's account could not be read */
    REASON_CHECKSUM_DIFFERS, /* from another subject at the same work */
    REASON_STRAY_PROCESS,    /* a worker shares pages with a child of its own */
    REASON_INTERRUPTED,
};

/* The reason as it stands in the result; NULL for REASON_NONE. */
const char *reason_text(enum reason reason);

/* After what a sample was taken. */
enum moment {
    MOMENT_FORKED,
    MOMENT_COLLECTION,
    MOMENT_REQUEST,
    MOMENT_BURST,
};

/* The moment as it stands in the result. */
const char *moment_text(enum moment moment);

struct record_sample {
    struct sample sample;
    uint64_t requests; /* served by this worker so far */
    unsigned burst;    /* the burst under way; 0 before the first */
    enum moment moment;
    bool after_death; /* or about that time: a process of the subject was dead
                       * when all workers had been sampled, and the others'
                       * pages are no longer shared with it */
    json_t *page_changes; /* NULL: no blame (harness/blame-history.h) */
};

struct record_collection {
    bool full;
    bool asked;        /* or begun because a threshold was reached */
    uint64_t start_ns; /* of CLOCK_MONOTONIC */
    uint64_t ns;
    uint64_t requests; /* served when the command that held it began */
};

struct record_counter {
    struct counter counter;
    struct counter_value value;
    bool read; /* the value was read; else counter.why says why not */
};

struct record_worker {
    pid_t pid; /* 0: it never introduced itself */
    struct record_sample *samples;
    size_t sample_count;
    struct record_collection *collections;
    size_t collection_count;
    uint64_t collections_unlisted; /* counted by the worker, not listed */
    struct latency latency;
    struct record_counter *counters; /* as many as the experiment names */
    json_t *stats;                   /* NULL: not asked */
    json_t *floor, *page_map;        /* NULL: no blame, or not reached */
    json_t *page_writers;            /* likewise (harness/blame-pages.h) */
    const char *floor_why;           /* NULL: not reached; static */
    char graph[17], replies[17];     /* "": not asked, or not told */
};

struct record_burst {
    uint64_t requests;
    uint64_t ns; /* wall time while workers served */
};

struct record {
    const struct experiment *experiment; /* borrowed, as is the cell */
    const struct cell *cell;
    unsigned invocation;
    uint64_t seed;
    const char *directory; /* of the results; borrowed */
    char started_at[32];
    char *program_hash;
    enum reason reason;
    char *detail; /* of an invalid invocation */
    char *output; /* the end of what the subject wrote; NULL: nothing */
    json_t *environment;

    uint64_t wall_ns;   /* of the whole invocation, starting and ending too */
    pid_t template_pid; /* of the server's master, if it is one; 0: none */
    uint64_t load_ns;
    bool loaded, forked, fork_timed;
    uint64_t *prepare_ns;
    size_t prepare_count; /* steps done */
    uint64_t fork_ns;     /* duration of the longest single fork */
    uint64_t fork_at;     /* CLOCK_MONOTONIC just before the first fork */
    json_t *layout;       /* NULL: not told */
    char graph[17];
    struct smaps_totals template_memory;
    bool template_memory_known;
    uint64_t
        template_written; /* inherited pages that it wrote after the fork */
    bool template_written_known;

    struct region *regions;
    size_t region_count;
    uint64_t *inherited;   /* region_count + 1 pages, or NULL */
    json_t *inherited_map; /* NULL: no blame, or not reached */
    bool frames_known;

    struct record_worker *workers; /* as many as the cell says */
    struct record_burst *bursts;
    size_t burst_count;
    uint64_t samples, sampling_ns, serving_ns;
    /* Processor time of the supervisor, in all and while workers served. */
    uint64_t supervisor_ns, supervisor_serving_ns;
    json_t *blame;          /* NULL: not asked for, or not reached */
    json_t *limits, *looks; /* of the control group (limit.h); or NULL and */
    char *limits_why;       /* NULL: no limit was asked for */
    json_t *warnings;
};

/* An empty record of one invocation; free with record_free. */
void record_open(struct record *record, const struct experiment *experiment,
                 const struct cell *cell, unsigned invocation, uint64_t seed);
void record_free(struct record *record);

/* Marks the invocation invalid; the first reason stands. */
void record_invalid(struct record *record, enum reason reason,
                    const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Appends an empty element; borrowed from the record. */
struct record_sample *record_add_sample(struct record_worker *worker);
struct record_collection *record_add_collection(struct record_worker *worker);
struct record_burst *record_add_burst(struct record *record);

/* Adds a warning: what, and what to do about it. */
void record_warn(struct record *record, const char *code, const char *next,
                 const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Adds what is no fault, but is to be known beside the numbers. */
void record_note(struct record *record, const char *code, const char *next,
                 const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The record as a result; the caller releases it. */
json_t *record_json(const struct record *record);

#endif
