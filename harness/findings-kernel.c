/* findings-kernel.c: what the kernel tells this user; see findings.h. */
#include "harness/findings.h"

#include <stdbool.h>
#include <stdio.h>

#include "smaps/probe.h"

/* One thing that is tried, and what it means where it is not to be had. */
static const struct trial {
    const char *code;
    struct probe_answer (*probe)(void);
    enum level without; /* the level of doing without */
    const char *works, *effect, *next;
} trials[] = {
    {
        "totals",
        probe_rollup,
        LEVEL_MISSING,
        "smaps_rollup tells a process's memory",
        "there are no rss, pss and uss",
        "use Linux 4.14 or later with /proc mounted, and run as the user of "
        "the processes",
    },
    {
        "page-sharing",
        probe_exclusive,
        LEVEL_MISSING,
        "pagemap tells broken pages from shared ones, to the page",
        "broken and shared pages cannot be told",
        "use Linux 4.2 or later with /proc mounted, and run as the user of the "
        "processes",
    },
    {
        "process-descriptors",
        probe_pidfd,
        LEVEL_MISSING,
        "pidfd_open tells when a process ends",
        "experiments cannot be run: a process that ends would be missed",
        "use Linux 5.3 or later, and a filter of system calls that allows "
        "pidfd_open",
    },
    {
        "page-frames",
        probe_frames,
        LEVEL_NOTE,
        "pagemap shows page frames",
        "the second account of broken pages is missing: `moved' is null, and "
        "what a watched server writes itself is not known",
        "run as root, or with CAP_SYS_ADMIN",
    },
    {
        "page-scan",
        probe_scan,
        LEVEL_NOTE,
        "PAGEMAP_SCAN finds populated pages",
        "looking at processes with much empty address space takes longer",
        "use Linux 6.7 or later",
    },
    {
        "written-pages",
        probe_written,
        LEVEL_NOTE,
        "userfaultfd's WP_ASYNC and PAGEMAP_SCAN tell which pages were written",
        "which phase wrote a page cannot be told by this source",
        "use Linux 6.7 or later, and a filter of system calls that allows "
        "userfaultfd",
    },
    {
        "userfaultfd",
        probe_userfaultfd,
        LEVEL_NOTE,
        "userfaultfd protects pages, and tells of every write",
        "a collector that watches writes by userfaultfd misses them",
        "run as root, or set vm.unprivileged_userfaultfd to 1",
    },
    {
        "soft-dirty",
        probe_soft_dirty,
        LEVEL_NOTE,
        "soft-dirty bits tell which pages were written",
        "a collector that watches writes by soft-dirty bits cannot run",
        "use a kernel built with CONFIG_MEM_SOFT_DIRTY, or another way of "
        "watching",
    },
    {
        "fault-events",
        probe_fault_events,
        LEVEL_NOTE,
        "perf_event_open tells of every page fault",
        "who breaks a page cannot be told of all of them: those that the "
        "kernel breaks for the program, as read(2) does, are missing at least",
        "run as root or with CAP_PERFMON, or set kernel.perf_event_paranoid "
        "to 1",
    },
    {
        "hardware-counters",
        probe_cycles,
        LEVEL_NOTE,
        "perf_event_open counts processor cycles",
        "hardware events are null in results, or of user mode alone; faults "
        "and times are not touched by this",
        "use a machine whose PMU can be seen (virtual machines often hide it), "
        "and kernel.perf_event_paranoid of 1 or less",
    },
    {
        "memory-reading",
        probe_memory,
        LEVEL_NOTE,
        "/proc/PID/mem reads the memory of our processes",
        "the bytes of broken pages cannot be compared with the template's",
        "run as root, or set kernel.yama.ptrace_scope to 0",
    },
};

/* Where faults are not told even of user mode. */
static const char no_faults_effect[] =
    "who breaks a page cannot be told at all, and results have no faults to "
    "hold against the page tables";
static const char no_faults_next[] =
    "use a filter of system calls (of the container) that allows "
    "perf_event_open, a kernel with CONFIG_PERF_EVENTS, and "
    "kernel.perf_event_paranoid of 2 or less";

enum { TRIALS = sizeof trials / sizeof *trials };

static const struct probe_answer *answers(void)
{
    static struct probe_answer known[TRIALS];
    static bool tried;
    for (size_t i = 0; !tried && i < TRIALS; i++)
        known[i] = trials[i].probe();
    tried = true;
    return known;
}

/* What is known beside it, or "". */
static const char *aside(const struct trial *trial, bool works,
                         const json_t *environment, char text[64])
{
    const json_t *config = json_object_get(environment, "kernel_config");
    const json_t *paranoid =
        json_object_get(environment, "perf_event_paranoid");
    bool counts =
        trial->probe == probe_fault_events || trial->probe == probe_cycles;
    if (trial->probe == probe_soft_dirty && !works &&
        json_is_false(json_object_get(config, "MEM_SOFT_DIRTY")))
        return " (CONFIG_MEM_SOFT_DIRTY is off)";
    if (!counts || !json_is_integer(paranoid))
        return "";
    snprintf(text, 64, " (kernel.perf_event_paranoid is %lld)",
             (long long)json_integer_value(paranoid));
    return text;
}

void findings_of_kernel(struct findings *findings, const json_t *environment)
{
    const struct probe_answer *known = answers();
    for (size_t i = 0; i < TRIALS; i++) {
        const struct trial *trial = &trials[i];
        bool works = known[i].verdict == PROBE_YES;
        char text[64];
        bool no_faults =
            trial->probe == probe_fault_events && known[i].verdict == PROBE_NO;
        findings_add(findings, trial->code, works ? LEVEL_OK : trial->without,
                     no_faults ? no_faults_effect : trial->effect,
                     no_faults ? no_faults_next : trial->next, "%s%s",
                     works ? trial->works : known[i].why,
                     aside(trial, works, environment, text));
    }
}
