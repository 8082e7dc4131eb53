/* fault-event.c: what the kernel is asked for, and what it refuses. */
#include "smaps/fault-event.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

void fault_event_describe(struct perf_event_attr *attributes)
{
    *attributes = (struct perf_event_attr){
        .type = PERF_TYPE_SOFTWARE,
        .size = sizeof *attributes,
        .config = PERF_COUNT_SW_PAGE_FAULTS_MIN,
        .sample_period = 1,
        .sample_type = FAULT_SAMPLE_TYPE,
        .inherit = 1,
        .task = 1,
        .comm = 1,
        .comm_exec = 1,
        .mmap = 1,
        .sample_id_all = 1,
        .use_clockid = 1,
        .clockid = CLOCK_MONOTONIC,
        .watermark = 1,
        .exclude_callchain_kernel = 1,
        .sample_max_stack = 1,
        .sample_stack_user = sizeof(uint64_t),
    };
}

int fault_event_open(struct perf_event_attr *attributes, pid_t tid,
                     int processor)
{
    int descriptor = (int)syscall(SYS_perf_event_open, attributes, tid,
                                  processor, -1, PERF_FLAG_FD_CLOEXEC);

    return descriptor < 0 ? -errno : descriptor;
}

#ifndef CAP_PERFMON /* older than Linux 5.8 */
#define CAP_PERFMON 38
#endif

/* Whether all user IDs are the machine's own: in a user namespace capabilities
 * count for nothing here.  A kernel without such namespaces has no such file.
 */
static bool is_at_home(void)
{
    unsigned inside = 1, outside = 1, count = 0;
    FILE *file = fopen("/proc/self/uid_map", "re");

    if (!file)
        return true;
    if (fscanf(file, "%u %u %u", &inside, &outside, &count) != 3)
        count = 0;
    fclose(file);
    return inside == 0 && outside == 0 && count == UINT32_MAX;
}

/* Whether perf_event_paranoid does not concern this process. */
static bool may_watch_all(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {0};

    if (syscall(SYS_capget, &header, data) != 0 || !is_at_home())
        return false;
    return (data[CAP_TO_INDEX(CAP_PERFMON)].effective &
            CAP_TO_MASK(CAP_PERFMON)) != 0 ||
           (data[CAP_TO_INDEX(CAP_SYS_ADMIN)].effective &
            CAP_TO_MASK(CAP_SYS_ADMIN)) != 0;
}

static void read_paranoid(char level[16])
{
    FILE *file = fopen("/proc/sys/kernel/perf_event_paranoid", "re");

    strcpy(level, "unknown");
    if (file && fgets(level, 16, file))
        level[strcspn(level, "\n")] = '\0';
    if (file)
        fclose(file);
}

void fault_event_refused(int error, char *why)
{
    char level[16];
    bool forbidden = error == EACCES || error == EPERM;

    read_paranoid(level);
    if (forbidden && !may_watch_all())
        snprintf(why, FAULT_WHY_SIZE,
                 "perf_event_open: %s (kernel.perf_event_paranoid is %s, and "
                 "this process has no CAP_PERFMON)",
                 strerror(error), level);
    else
        snprintf(why, FAULT_WHY_SIZE, "perf_event_open: %s%s", strerror(error),
                 error == EMFILE ? "; raise `ulimit -n`"
                 : forbidden || error == ENOSYS
                     ? " (a filter of system calls, or a kernel without perf)"
                     : "");
}

/* The kernel mode is allowed of other threads where it is of this one. */
int fault_event_choose(struct perf_event_attr *attributes,
                       struct fault_trace_facts *facts, char *why)
{
    int descriptor = fault_event_open(attributes, 0, -1);

    facts->kernel_counted = descriptor >= 0;
    if (descriptor == -EACCES || descriptor == -EPERM) {
        fault_event_refused(-descriptor, facts->kernel_why);
        attributes->exclude_kernel = 1;
        descriptor = fault_event_open(attributes, 0, -1);
    }
    if (descriptor < 0) {
        fault_event_refused(-descriptor, why);
        return descriptor;
    }
    close(descriptor);
    return 0;
}
