/* counters.c: opens and reads events by perf_event_open(2). */
#include "smaps/counters.h"

#include "smaps/threads.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int counter_check(const char *name, char *why)
{
    struct event event;
    int result = event_find(name, &event, why);

    return result == -ENODEV ? 0 : result;
}

static int open_event(const struct event *event, pid_t tid)
{
    struct perf_event_attr attributes = {
        .size = sizeof attributes,
        .type = event->type,
        .config = event->config,
        .config1 = event->config1,
        .config2 = event->config2,
        .read_format =
            PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING,
        .inherit = 1,
        .exclude_user = !event->user,
        .exclude_kernel = !event->kernel,
        .exclude_hv = !event->hypervisor,
        .exclude_host = !event->host,
        .exclude_guest = !event->guest,
        .exclusive = event->exclusive,
        .precise_ip = event->precise & 3,
    };
    long result = syscall(SYS_perf_event_open, &attributes, tid, -1, -1,
                          PERF_FLAG_FD_CLOEXEC);

    return result < 0 ? -errno : (int)result;
}

/* The scheduler's events: with exclude_kernel they count 0. */
static bool in_kernel_alone(const struct event *event)
{
    return event->type == PERF_TYPE_SOFTWARE &&
           (event->config == PERF_COUNT_SW_CONTEXT_SWITCHES ||
            event->config == PERF_COUNT_SW_CPU_MIGRATIONS ||
            event->config == PERF_COUNT_SW_CGROUP_SWITCHES);
}

/* The clocks run in every mode, whatever is excluded. */
static bool in_every_mode(const struct event *event)
{
    return event->type == PERF_TYPE_SOFTWARE &&
           (event->config == PERF_COUNT_SW_CPU_CLOCK ||
            event->config == PERF_COUNT_SW_TASK_CLOCK);
}

/* What is behind the kernel's word. */
static const char *meaning(int failure)
{
    switch (failure) {
    case ENOENT:
    case ENODEV:
    case EOPNOTSUPP:
        return ": no counter of this machine counts it";
    case EACCES:
    case EPERM:
        return ": see /proc/sys/kernel/perf_event_paranoid";
    case EMFILE:
        return ": see ulimit -n";
    default:
        return "";
    }
}

/* Opens the event in each thread; one that has ended is passed over. */
static int open_threads(const struct event *event, const pid_t *threads,
                        size_t count, struct counter *counter)
{
    int result = 0;

    counter->descriptors = calloc(count, sizeof *counter->descriptors);
    if (!counter->descriptors)
        return -ENOMEM;
    for (size_t i = 0; i < count && (result >= 0 || result == -ESRCH); i++) {
        result = open_event(event, threads[i]);
        if (result >= 0)
            counter->descriptors[counter->count++] = result;
    }
    if (result >= 0 || (result == -ESRCH && counter->count > 0))
        return 0;
    counter_close(counter);
    return result;
}

static int open_process(const struct event *event, pid_t pid,
                        struct counter *counter)
{
    pid_t *threads;
    size_t count;
    int result = threads_list(pid, &threads, &count);

    if (result)
        return result;
    result = count ? open_threads(event, threads, count, counter) : -ESRCH;
    free(threads);
    return result;
}

void counter_open(const char *name, pid_t pid, struct counter *counter)
{
    struct event event;

    *counter = (struct counter){0};
    if (event_find(name, &event, counter->why))
        return;
    if (!event.kernel && in_kernel_alone(&event)) {
        snprintf(counter->why, sizeof counter->why,
                 "it happens in kernel mode alone, which the name leaves out");
        return;
    }
    int result = open_process(&event, pid, counter);
    if ((result == -EACCES || result == -EPERM) && event.user &&
        !in_kernel_alone(&event)) {
        event.kernel = false;
        result = open_process(&event, pid, counter);
    }
    if (result < 0) {
        snprintf(counter->why, sizeof counter->why, "perf_event_open: %s%s",
                 strerror(-result), meaning(-result));
        return;
    }
    counter->user_counted = event.user || in_every_mode(&event);
    counter->kernel_counted = event.kernel || in_every_mode(&event);
}

/* Adds the numbers of one thread, in the order of read_format's bits. */
static int add_thread(int descriptor, uint64_t sums[3])
{
    uint64_t numbers[3];
    ssize_t got = read(descriptor, numbers, sizeof numbers);

    if (got < 0)
        return -errno;
    if (got != sizeof numbers)
        return -EIO;
    for (size_t i = 0; i < 3; i++) {
        if (numbers[i] > INT64_MAX || sums[i] > INT64_MAX - numbers[i])
            return -EOVERFLOW;
        sums[i] += numbers[i];
    }
    return 0;
}

int counter_read(const struct counter *counter, struct counter_value *value)
{
    uint64_t sums[3] = {0};
    int result = counter->count ? 0 : -EBADF;

    *value = (struct counter_value){0};
    for (size_t i = 0; !result && i < counter->count; i++)
        result = add_thread(counter->descriptors[i], sums);
    if (!result)
        *value = (struct counter_value){sums[0], sums[1], sums[2]};
    return result;
}

void counter_close(struct counter *counter)
{
    for (size_t i = 0; i < counter->count; i++)
        close(counter->descriptors[i]);
    free(counter->descriptors);
    counter->descriptors = NULL;
    counter->count = 0;
}
