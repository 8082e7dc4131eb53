/* fault-trace.c: an event that is inherited must belong to one processor, so
 * each thread that is followed has one for every processor. */
#include "smaps/fault-trace.h"

#include "smaps/threads.h"
#include "smaps/fault-event.h"
#include "smaps/fault-ring.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* How long the kernel may take from making a thread to recording it. */
#define FORK_SETTLE_NS 1000000

/* What rings are halved to where a user may not lock more. */
#define RING_LEAST 16384u

/* A record takes 80 bytes.  Without a word of the caller's, no ring is larger
 * than the first; all together are no larger than the second, but each is at
 * least as large as the third. */
#define RING_BYTES_MOST  ((size_t)32 << 20)
#define RINGS_BYTES      ((size_t)256 << 20)
#define RING_BYTES_LEAST ((size_t)1 << 20)

struct fault_trace {
    struct fault_trace_facts facts;
    struct perf_event_attr attributes;
    struct fault_ring *rings;
    unsigned ring_count;
    int *descriptors; /* of the events, ring_count for each thread */
    size_t descriptor_count;
    pid_t *followed; /* the threads, those that were born so among them */
    size_t followed_count, followed_capacity;
    int readable; /* the epoll descriptor of all rings */
    uint64_t delivered, lost_records, malformed;

    /* While the rings are drained. */
    fault_visitor *visit;
    void *context;
};

/* ---- Rings --------------------------------------------------------------- */

static void close_rings(struct fault_trace *trace)
{
    for (unsigned i = 0; i < trace->ring_count; i++)
        fault_ring_close(&trace->rings[i]);
    free(trace->rings);
    trace->rings = NULL;
    trace->ring_count = 0;
}

/* A ring of that size for every processor that is on. */
static int open_rings(struct fault_trace *trace, size_t bytes)
{
    int processors = (int)sysconf(_SC_NPROCESSORS_CONF);

    trace->rings = calloc((size_t)processors, sizeof *trace->rings);
    if (!trace->rings)
        return -ENOMEM;
    for (int i = 0; i < processors; i++) {
        int result =
            fault_ring_open(i, bytes, &trace->rings[trace->ring_count]);
        if (!result)
            trace->ring_count++;
        else if (result != -ENODEV) {
            close_rings(trace);
            return result;
        }
    }
    return trace->ring_count > 0 ? 0 : -ENODEV;
}

/* What a user may lock in memory for rings is limited: take half until it is
 * allowed. */
static int open_allowed_rings(struct fault_trace *trace, size_t bytes)
{
    int result = open_rings(trace, bytes);

    while (result == -EPERM && bytes > RING_LEAST) {
        bytes /= 2;
        result = open_rings(trace, bytes);
    }
    trace->facts.ring_bytes = bytes;
    trace->facts.rings = trace->ring_count;
    return result;
}

static int watch_rings(struct fault_trace *trace)
{
    trace->readable = epoll_create1(EPOLL_CLOEXEC);
    if (trace->readable < 0)
        return -errno;
    for (unsigned i = 0; i < trace->ring_count; i++) {
        struct epoll_event interest = {.events = EPOLLIN};
        if (epoll_ctl(trace->readable, EPOLL_CTL_ADD,
                      trace->rings[i].descriptor, &interest) != 0)
            return -errno;
    }
    return 0;
}

/* ---- Opening ------------------------------------------------------------- */

/* Every thread takes a descriptor of each processor. */
static void allow_many_descriptors(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static size_t suitable_bytes(void)
{
    size_t bytes = RING_BYTES_MOST;
    long processors = sysconf(_SC_NPROCESSORS_CONF);

    while (bytes > RING_BYTES_LEAST && bytes * (size_t)processors > RINGS_BYTES)
        bytes /= 2;
    return bytes;
}

static int open_all(size_t ring_bytes, struct fault_trace *trace, char *why)
{
    int result = fault_event_choose(&trace->attributes, &trace->facts, why);

    if (result)
        return result;
    allow_many_descriptors();
    result =
        open_allowed_rings(trace, ring_bytes ? ring_bytes : suitable_bytes());
    if (!result)
        result = watch_rings(trace);
    if (result)
        snprintf(why, FAULT_WHY_SIZE, "no ring for records: %s%s",
                 strerror(-result),
                 result == -EMFILE ? "; raise `ulimit -n`" : "");
    return result;
}

int fault_trace_open(size_t ring_bytes, struct fault_trace **trace, char *why)
{
    struct fault_trace *opened = calloc(1, sizeof *opened);

    if (!opened) {
        snprintf(why, FAULT_WHY_SIZE, "%s", strerror(ENOMEM));
        return -ENOMEM;
    }
    opened->readable = -1;
    fault_event_describe(&opened->attributes);
    int result = open_all(ring_bytes, opened, why);
    if (result)
        fault_trace_close(opened);
    else
        *trace = opened;
    return result;
}

int fault_trace_open_none(struct fault_trace **trace)
{
    struct fault_trace *opened = calloc(1, sizeof *opened);

    if (!opened)
        return -ENOMEM;
    int result = watch_rings(opened);
    if (result)
        fault_trace_close(opened);
    else
        *trace = opened;
    return result;
}

void fault_trace_close(struct fault_trace *trace)
{
    for (size_t i = 0; i < trace->descriptor_count; i++)
        close(trace->descriptors[i]);
    if (trace->readable >= 0)
        close(trace->readable);
    close_rings(trace);
    free(trace->descriptors);
    free(trace->followed);
    free(trace);
}

const struct fault_trace_facts *
fault_trace_facts(const struct fault_trace *trace)
{
    return &trace->facts;
}

int fault_trace_descriptor(const struct fault_trace *trace)
{
    return trace->readable;
}

/* ---- Following ----------------------------------------------------------- */

static int note_followed(struct fault_trace *trace, pid_t tid)
{
    if (trace->followed_count == trace->followed_capacity) {
        size_t capacity = 2 * trace->followed_capacity + 16;
        pid_t *grown = reallocarray(trace->followed, capacity, sizeof *grown);
        if (!grown)
            return -ENOMEM;
        trace->followed = grown;
        trace->followed_capacity = capacity;
    }
    trace->followed[trace->followed_count++] = tid;
    return 0;
}

/* A thread that a followed one made is followed. */
static void note_birth(const struct fault_record *record, void *context)
{
    if (record->kind == FAULT_FORK)
        note_followed(context, record->tid);
}

static bool is_followed(const struct fault_trace *trace, pid_t tid)
{
    for (size_t i = 0; i < trace->followed_count; i++)
        if (trace->followed[i] == tid)
            return true;
    return false;
}

/* Opens the thread's events, one for each ring. */
static int open_events(struct fault_trace *trace, pid_t tid, int *opened)
{
    for (unsigned i = 0; i < trace->ring_count; i++) {
        const struct fault_ring *ring = &trace->rings[i];
        int result = fault_event_open(&trace->attributes, tid, ring->processor);
        opened[i] = result;
        if (result >= 0 &&
            ioctl(result, PERF_EVENT_IOC_SET_OUTPUT, ring->descriptor) == 0)
            continue;
        if (result >= 0) {
            result = -errno;
            close(opened[i]);
        }
        while (i > 0)
            close(opened[--i]);
        return result;
    }
    return 0;
}

static int follow_thread(struct fault_trace *trace, pid_t tid)
{
    size_t count = trace->descriptor_count + trace->ring_count;
    int *descriptors =
        reallocarray(trace->descriptors, count, sizeof *descriptors);

    if (!descriptors)
        return -ENOMEM;
    trace->descriptors = descriptors;
    int result = open_events(trace, tid, descriptors + trace->descriptor_count);
    if (result)
        return result;
    trace->descriptor_count = count;
    return note_followed(trace, tid);
}

/* Follows the threads that are not yet followed; `added` says how many. */
static int follow_threads(struct fault_trace *trace, pid_t pid, size_t *added)
{
    pid_t *threads;
    size_t count;
    struct timespec settle = {.tv_nsec = FORK_SETTLE_NS};
    int result = threads_list(pid, &threads, &count);

    *added = 0;
    if (result)
        return result;
    nanosleep(&settle, NULL);
    for (unsigned i = 0; i < trace->ring_count; i++)
        fault_ring_peek(&trace->rings[i], note_birth, trace);
    for (size_t i = 0; !result && i < count; i++) {
        if (is_followed(trace, threads[i]))
            continue;
        result = follow_thread(trace, threads[i]);
        *added += !result;
        if (result == -ESRCH && threads[i] != pid)
            result = 0; /* a thread that ended meanwhile */
    }
    free(threads);
    return result;
}

/* A thread that is made while we look is either found the next time or, if its
 * maker was followed by then, followed itself. */
int fault_trace_follow(struct fault_trace *trace, pid_t pid, char *why)
{
    size_t added;
    int result;

    if (trace->ring_count == 0)
        return 0;
    do
        result = follow_threads(trace, pid, &added);
    while (!result && added > 0);
    if (result == -EMFILE)
        snprintf(why, FAULT_WHY_SIZE,
                 "more descriptors are needed than this process may have: %u "
                 "for each thread; raise `ulimit -n`",
                 trace->ring_count);
    else if (result == -EACCES || result == -EPERM)
        fault_event_refused(-result, why);
    else if (result)
        snprintf(why, FAULT_WHY_SIZE, "%s", strerror(-result));
    return result;
}

/* ---- Reading ------------------------------------------------------------- */

static int order_all(struct fault_trace *trace, unsigned long order)
{
    for (size_t i = 0; i < trace->descriptor_count; i++)
        if (ioctl(trace->descriptors[i], order, 0) != 0)
            return -errno;
    return 0;
}

int fault_trace_pause(struct fault_trace *trace)
{
    return order_all(trace, PERF_EVENT_IOC_DISABLE);
}

int fault_trace_resume(struct fault_trace *trace)
{
    return order_all(trace, PERF_EVENT_IOC_ENABLE);
}

static void deliver(const struct fault_record *record, void *context)
{
    struct fault_trace *trace = context;

    trace->delivered += record->kind == FAULT_PAGE;
    trace->lost_records += record->lost;
    note_birth(record, trace);
    trace->visit(record, trace->context);
}

void fault_trace_drain(struct fault_trace *trace, fault_visitor *visit,
                       void *context)
{
    trace->visit = visit;
    trace->context = context;
    for (unsigned i = 0; i < trace->ring_count; i++)
        trace->malformed +=
            fault_ring_drain(&trace->rings[i], deliver, trace) != 0;
}

int fault_trace_read_counts(const struct fault_trace *trace,
                            struct fault_trace_counts *counts)
{
    *counts = (struct fault_trace_counts){
        .delivered = trace->delivered,
        .lost_records = trace->lost_records,
        .malformed = trace->malformed,
    };
    for (size_t i = 0; i < trace->descriptor_count; i++) {
        uint64_t count;
        ssize_t got = read(trace->descriptors[i], &count, sizeof count);
        if (got < 0)
            return -errno;
        counts->counted += count;
    }
    counts->missing = counts->counted - counts->delivered;
    return 0;
}
