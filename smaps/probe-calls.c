/* probe-calls.c: whether event counters, descriptors of processes and the
 * memory of others are to be had; see probe.h. */
#include "smaps/probe-case.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGES 8u

/* Counts an event of this process; returns a descriptor or a negative errno.
 * `user_only` tells whether kernel mode had to be left out. */
static int open_event(uint32_t type, uint64_t config, bool *user_only)
{
    struct perf_event_attr attributes = {
        .type = type, .size = sizeof attributes, .config = config};

    *user_only = false;
    int file = (int)syscall(SYS_perf_event_open, &attributes, 0, -1, -1,
                            PERF_FLAG_FD_CLOEXEC);
    if (file < 0 && (errno == EACCES || errno == EPERM)) {
        *user_only = true;
        attributes.exclude_kernel = 1;
        file = (int)syscall(SYS_perf_event_open, &attributes, 0, -1, -1,
                            PERF_FLAG_FD_CLOEXEC);
    }
    return file < 0 ? -errno : file;
}

/* Counts while pages are written for the first time. */
static struct probe_answer count(uint32_t type, uint64_t config,
                                 uint64_t at_least)
{
    struct probe_answer answer = probe_yes;
    bool user_only;
    uint64_t counted = 0;
    int file = open_event(type, config, &user_only);
    char *area = probe_map(PAGES);

    for (size_t i = 0; area && i < PAGES; i++)
        probe_write(area, i);
    if (file < 0 || !area)
        answer = probe_refused("perf_event_open", file < 0 ? file : -ENOMEM);
    else if (read(file, &counted, sizeof counted) != sizeof counted)
        answer = probe_refused("read of an event", -errno);
    else if (counted < at_least)
        answer = probe_answer(PROBE_NO, "the event counts nothing");
    else if (user_only)
        answer = probe_answer(PROBE_PARTLY, "of user mode alone");
    if (file >= 0)
        close(file);
    probe_unmap(area, PAGES);
    return answer;
}

struct probe_answer probe_fault_events(void)
{
    return count(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS_MIN, PAGES);
}

struct probe_answer probe_cycles(void)
{
    return count(PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, 1);
}

struct probe_answer probe_pidfd(void)
{
    int file = pidfd_open(getpid(), 0);

    if (file < 0)
        return probe_refused("pidfd_open", -errno);
    close(file);
    return probe_yes;
}

static int write_word(char *area)
{
    strcpy(area, "child");
    return 0;
}

struct probe_answer probe_memory(void)
{
    struct probe_child child = {.pid = -1};
    struct probe_answer answer = probe_yes;
    char word[6] = "";
    char *area = probe_map(1);
    char path[32];
    int memory = -1, result = probe_fork(&child, write_word, area);

    if (!result) {
        snprintf(path, sizeof path, "/proc/%d/mem", (int)child.pid);
        memory = open(path, O_RDONLY | O_CLOEXEC);
    }
    if (result)
        answer = probe_refused("fork", result);
    else if (memory < 0)
        answer = probe_refused("open /proc/PID/mem", -errno);
    else if (pread(memory, word, sizeof word, (off_t)(uintptr_t)area) < 0)
        answer = probe_refused("read /proc/PID/mem", -errno);
    else if (strcmp(word, "child"))
        answer = probe_answer(PROBE_NO, "/proc/PID/mem reads something else");
    if (memory >= 0)
        close(memory);
    probe_end(&child);
    probe_unmap(area, 1);
    return answer;
}
