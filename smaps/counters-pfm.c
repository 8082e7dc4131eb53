/* counters-pfm.c: libpfm4 turns a name into an event, perf_event_open counts
 * it. */
#include "smaps/counters.h"

#include <errno.h>
#include <perfmon/pfmlib_perf_event.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Fills in the event's attributes.  Returns 0 or a negative errno. */
static int encode(const char *name, struct perf_event_attr *attributes,
                  char *why)
{
    pfm_perf_encode_arg_t argument = {
        .attr = attributes,
        .size = sizeof argument,
    };

    *attributes = (struct perf_event_attr){0};
    int result = pfm_initialize(); /* more than once does no harm */
    if (result == PFM_SUCCESS)
        result = pfm_get_os_event_encoding(name, PFM_PLM3 | PFM_PLM0,
                                           PFM_OS_PERF_EVENT_EXT, &argument);
    if (result == PFM_SUCCESS)
        return 0;
    snprintf(why, COUNTER_WHY_SIZE, "libpfm4: %s", pfm_strerror(result));
    return -EINVAL;
}

int counter_check(const char *name, char *why)
{
    struct perf_event_attr attributes;

    return encode(name, &attributes, why);
}

void counter_open(const char *name, pid_t pid, struct counter *counter)
{
    struct perf_event_attr attributes;

    *counter = (struct counter){.descriptor = -1};
    if (encode(name, &attributes, counter->why))
        return;
    attributes.size = sizeof attributes;
    attributes.read_format =
        PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
    counter->descriptor =
        perf_event_open(&attributes, pid, -1, -1, PERF_FLAG_FD_CLOEXEC);
    if (counter->descriptor < 0 && (errno == EACCES || errno == EPERM)) {
        attributes.exclude_kernel = 1;
        counter->descriptor =
            perf_event_open(&attributes, pid, -1, -1, PERF_FLAG_FD_CLOEXEC);
    }
    if (counter->descriptor < 0)
        snprintf(counter->why, sizeof counter->why, "perf_event_open: %s",
                 strerror(errno));
    else
        counter->kernel_counted = !attributes.exclude_kernel;
}

int counter_read(const struct counter *counter, struct counter_value *value)
{
    uint64_t numbers[3]; /* in the order of read_format's bits */
    ssize_t got = read(counter->descriptor, numbers, sizeof numbers);

    if (got < 0)
        return -errno;
    if (got != sizeof numbers)
        return -EIO;
    *value = (struct counter_value){numbers[0], numbers[1], numbers[2]};
    return 0;
}

void counter_close(struct counter *counter)
{
    if (counter->descriptor >= 0)
        close(counter->descriptor);
    counter->descriptor = -1;
}
