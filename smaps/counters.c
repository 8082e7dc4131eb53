/* counters.c: opens and reads events by perf_event_open(2). */
#include "smaps/counters.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int counter_check(const char *name, char *why)
{
    struct event event;
    int result = event_find(name, &event, why);

    return result == -ENODEV ? 0 : result;
}

static int open_event(const struct event *event, pid_t pid)
{
    struct perf_event_attr attributes = {
        .size = sizeof attributes,
        .type = event->type,
        .config = event->config,
        .config1 = event->config1,
        .config2 = event->config2,
        .read_format =
            PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING,
        .exclude_user = !event->user,
        .exclude_kernel = !event->kernel,
        .exclude_hv = !event->hypervisor,
        .exclude_host = !event->host,
        .exclude_guest = !event->guest,
        .exclusive = event->exclusive,
        .precise_ip = event->precise & 3,
    };
    long result = syscall(SYS_perf_event_open, &attributes, pid, -1, -1,
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

void counter_open(const char *name, pid_t pid, struct counter *counter)
{
    struct event event;

    *counter = (struct counter){.descriptor = -1};
    if (event_find(name, &event, counter->why))
        return;
    if (!event.kernel && in_kernel_alone(&event)) {
        snprintf(counter->why, sizeof counter->why,
                 "it happens in kernel mode alone, which the name leaves out");
        return;
    }
    int result = open_event(&event, pid);
    if ((result == -EACCES || result == -EPERM) && event.user &&
        !in_kernel_alone(&event)) {
        event.kernel = false;
        result = open_event(&event, pid);
    }
    if (result < 0) {
        snprintf(counter->why, sizeof counter->why, "perf_event_open: %s%s",
                 strerror(-result), meaning(-result));
        return;
    }
    counter->descriptor = result;
    counter->user_counted = event.user || in_every_mode(&event);
    counter->kernel_counted = event.kernel || in_every_mode(&event);
}

int counter_read(const struct counter *counter, struct counter_value *value)
{
    uint64_t numbers[3]; /* in the order of read_format's bits */

    *value = (struct counter_value){0};
    ssize_t got = read(counter->descriptor, numbers, sizeof numbers);
    if (got < 0)
        return -errno;
    if (got != sizeof numbers)
        return -EIO;
    for (size_t i = 0; i < 3; i++) {
        if (numbers[i] > INT64_MAX)
            return -EOVERFLOW;
    }
    *value = (struct counter_value){numbers[0], numbers[1], numbers[2]};
    return 0;
}

void counter_close(struct counter *counter)
{
    if (counter->descriptor >= 0)
        close(counter->descriptor);
    counter->descriptor = -1;
}
