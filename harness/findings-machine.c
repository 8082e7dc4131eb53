/* findings-machine.c: settings and load that disturb measurements; see
 * findings.h.  Each function looks at one thing and adds one finding. */
#include "harness/findings.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "harness/facts.h"
#include "smaps/probe.h"

#define GIB                1073741824.0
#define DEFAULT_MAP_COUNT  65530
#define LOAD_PER_PROCESSOR 0.5

/* What is looked at. */
struct look {
    struct findings *findings;
    const json_t *environment;
    double load;
};

/* "" where it is not known. */
static const char *text_of(const struct look *look, const char *key)
{
    const char *text =
        json_string_value(json_object_get(look->environment, key));
    return text ? text : "";
}

/* The number, or `otherwise` where it is not known. */
static double number_of(const struct look *look, const char *key,
                        double otherwise)
{
    const json_t *number = json_object_get(look->environment, key);
    return json_is_number(number) ? json_number_value(number) : otherwise;
}

/* Why a value is not known. */
static const char *why_of(const struct look *look, const char *key)
{
    char why_key[64];
    snprintf(why_key, sizeof why_key, "%s_why", key);
    return text_of(look, why_key);
}

static void look_at_thp(const struct look *look)
{
    const char *setting = text_of(look, "thp_enabled");
    bool always = !strcmp(setting, "always");
    findings_add(
        look->findings, "thp", always ? LEVEL_WARNING : LEVEL_OK,
        "page counts of runtimes that do not opt out are of huge pages",
        "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled", "%s",
        always     ? "transparent huge pages are always on"
        : *setting ? "transparent huge pages only where they are asked for"
                   : FACTS_NO_HUGE_PAGES);
}

static void look_at_mthp(const struct look *look)
{
    json_t *sizes = json_object_get(look->environment, "mthp");
    char names[256] = "";
    const char *size;
    json_t *setting;
    json_object_foreach(sizes, size, setting)
    {
        const char *word = json_string_value(setting);
        size_t used = strlen(names);
        if (word && !strcmp(word, "always"))
            snprintf(names + used, sizeof names - used, " %s",
                     size + strlen("hugepages-"));
    }
    findings_add(
        look->findings, "mthp", *names ? LEVEL_WARNING : LEVEL_OK,
        "page counts of runtimes that do not opt out are of larger pages",
        "echo inherit > "
        "/sys/kernel/mm/transparent_hugepage/hugepages-SIZE/enabled",
        *names ? "pages of these sizes are always on:%s"
               : "no size of larger pages is always on%s",
        names);
}

/* Both, or that neither can be known. */
static void look_at_huge_pages(const struct look *look)
{
    const char *why = why_of(look, "thp_enabled");
    if (!*why || !strcmp(why, FACTS_NO_HUGE_PAGES)) {
        look_at_thp(look);
        look_at_mthp(look);
        return;
    }
    static const char *const codes[] = {"thp", "mthp"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        findings_add(look->findings, codes[i], LEVEL_NOTE,
                     "page counts may be of huge pages", "mount /sys", "%s",
                     why);
}

static void look_at_mapcount(const struct look *look, bool here)
{
    static const char effect[] =
        "which part of a huge page is shared is estimated: page counts are "
        "exact for small pages alone";
    static const char next[] =
        "use a kernel built without NO_PAGE_MAPCOUNT, and no huge pages";
    const json_t *config =
        json_object_get(json_object_get(look->environment, "kernel_config"),
                        "NO_PAGE_MAPCOUNT");
    struct probe_answer answer = {
        PROBE_UNKNOWN, "neither the kernel's settings can be read nor a huge "
                       "page be tried"};
    if (json_is_true(config))
        findings_add(look->findings, "page-mapcount", LEVEL_WARNING, effect,
                     next, "this kernel is built with NO_PAGE_MAPCOUNT");
    else if (json_is_false(config))
        findings_add(look->findings, "page-mapcount", LEVEL_OK, NULL, NULL,
                     "this kernel is built without NO_PAGE_MAPCOUNT");
    else {
        if (here)
            answer = probe_exclusive_in_huge();
        findings_add(look->findings, "page-mapcount",
                     answer.verdict == PROBE_YES  ? LEVEL_OK
                     : answer.verdict == PROBE_NO ? LEVEL_WARNING
                                                  : LEVEL_NOTE,
                     effect, next, "%s",
                     answer.verdict == PROBE_YES
                         ? "of huge pages too each small one is told"
                         : answer.why);
    }
}

static void look_at_swap(const struct look *look)
{
    double total = number_of(look, "swap_total_bytes", 0);
    double used = total - number_of(look, "swap_free_bytes", total);
    if (used > 0)
        findings_add(look->findings, "swap", LEVEL_WARNING,
                     "a swapped page cannot be told broken or shared",
                     "swapoff -a, or free memory",
                     "%.0f bytes of swap are in use", used);
    else
        findings_add(
            look->findings, "swap", total > 0 ? LEVEL_NOTE : LEVEL_OK,
            "when memory runs short pages go there, and a swapped page cannot "
            "be told broken or shared",
            "swapoff -a while you measure",
            total > 0 ? "%.1f GiB of swap, not in use" : "no swap",
            total / GIB);
}

static void look_at_memory_limit(const struct look *look)
{
    double limit = number_of(look, "cgroup_memory_limit_bytes", 0);
    if (limit > 0)
        findings_add(look->findings, "memory-limit", LEVEL_NOTE,
                     "a subject that needs more is killed, or its pages go to "
                     "swap",
                     "raise memory.max of the control group",
                     "the control group may have %.1f GiB", limit / GIB);
    else
        findings_add(look->findings, "memory-limit", LEVEL_OK, NULL, NULL, "%s",
                     why_of(look, "cgroup_memory_limit_bytes"));
}

static void look_at_cpu_limit(const struct look *look)
{
    double limit = number_of(look, "cgroup_cpu_limit", 0);
    if (limit > 0)
        findings_add(look->findings, "cpu-limit", LEVEL_WARNING,
                     "whoever uses up the share is stopped: times hold these "
                     "stops",
                     "set cpu.max of the control group to max",
                     "the control group may use %.2f processors", limit);
    else
        findings_add(look->findings, "cpu-limit", LEVEL_OK, NULL, NULL, "%s",
                     why_of(look, "cgroup_cpu_limit"));
}

static void look_at_load(const struct look *look)
{
    double count = number_of(look, "cpu_count", 1);
    if (look->load < 0)
        findings_add(look->findings, "load", LEVEL_NOTE,
                     "whether other programs disturb is not known",
                     "mount /proc", "%s", why_of(look, "load_average"));
    else
        findings_add(
            look->findings, "load",
            look->load > LOAD_PER_PROCESSOR * count ? LEVEL_WARNING : LEVEL_OK,
            "other programs take processors from what is measured",
            "stop other programs, run again",
            "the load average was %.2f on %.0f processors", look->load, count);
}

static void look_at_processors(const struct look *look)
{
    double count = number_of(look, "cpu_count", 0);
    findings_add(look->findings, "processors",
                 count < 2 ? LEVEL_WARNING : LEVEL_OK,
                 "the supervisor and all workers take turns: times hold the "
                 "waiting",
                 "use a machine with more processors", "%.0f processor%s",
                 count, count == 1 ? "" : "s");
}

static void look_at_governor(const struct look *look)
{
    const char *governor = text_of(look, "governor");
    if (*governor)
        findings_add(look->findings, "governor",
                     strcmp(governor, "performance") ? LEVEL_WARNING : LEVEL_OK,
                     "times depend on what ran before",
                     "cpupower frequency-set -g performance",
                     "the frequency governor is %s", governor);
    else
        findings_add(look->findings, "governor", LEVEL_NOTE,
                     "whether the processors keep their frequency is not known",
                     "if times matter, compare them within one run alone",
                     "no frequency governor is to be seen");
}

static void look_at_clock(const struct look *look)
{
    static const char *const slow[] = {"hpet", "acpi_pm", "jiffies",
                                       "refined-jiffies", "pit"};
    const char *source = text_of(look, "clock_source");
    enum level level = LEVEL_OK;
    for (size_t i = 0; i < sizeof slow / sizeof *slow; i++)
        if (!strcmp(source, slow[i]))
            level = LEVEL_WARNING;
    findings_add(look->findings, "clock-source", level,
                 "reading the clock takes a microsecond or more, or is coarse",
                 "boot with a stable time stamp counter (tsc)",
                 "the clock is %s", *source ? source : "not known");
}

static void look_at_ksm(const struct look *look)
{
    bool runs = number_of(look, "ksm", 0) == 1;
    findings_add(look->findings, "ksm", runs ? LEVEL_WARNING : LEVEL_OK,
                 "equal pages are merged: of programs that allow it, broken "
                 "pages become shared again",
                 "echo 2 > /sys/kernel/mm/ksm/run",
                 runs ? "same-page merging runs"
                      : "same-page merging does not run");
}

static void look_at_numa(const struct look *look)
{
    bool on = number_of(look, "numa_balancing", 0) > 0;
    findings_add(look->findings, "numa-balancing",
                 on ? LEVEL_WARNING : LEVEL_OK,
                 "it makes faults and moves pages: fault counts are too high, "
                 "and a moved page looks broken by its frame",
                 "sysctl kernel.numa_balancing=0",
                 on ? "NUMA balancing is on" : "NUMA balancing is off");
}

static void look_at_addresses(const struct look *look)
{
    double setting = number_of(look, "aslr", 2);
    findings_add(look->findings, "aslr", setting < 2 ? LEVEL_NOTE : LEVEL_OK,
                 "all invocations have the same addresses: their spread is too "
                 "small",
                 "sysctl kernel.randomize_va_space=2",
                 setting < 2 ? "addresses are not fully randomized (%.0f)"
                             : "addresses are randomized (%.0f)",
                 setting);
}

static void look_at_overcommit(const struct look *look)
{
    double setting = number_of(look, "overcommit", 0);
    findings_add(look->findings, "overcommit",
                 setting == 2 ? LEVEL_WARNING : LEVEL_OK,
                 "every fork reserves all memory of the template, and reserved "
                 "address space counts: subjects are refused memory",
                 "sysctl vm.overcommit_memory=0, or a small `reserve` for each "
                 "collector",
                 setting == 2 ? "memory is not overcommitted (%.0f)"
                              : "memory is overcommitted (%.0f)",
                 setting);
}

static void look_at_map_count(const struct look *look)
{
    double count = number_of(look, "max_map_count", DEFAULT_MAP_COUNT);
    findings_add(look->findings, "map-count",
                 count < DEFAULT_MAP_COUNT ? LEVEL_NOTE : LEVEL_OK,
                 "collectors that protect pages by mprotect run out of "
                 "mappings",
                 "sysctl vm.max_map_count=65530",
                 "a process may have %.0f mappings", count);
}

static void look_at_ptrace(const struct look *look)
{
    double scope = number_of(look, "ptrace_scope", 0);
    findings_add(look->findings, "ptrace-scope",
                 scope > 0 ? LEVEL_NOTE : LEVEL_OK,
                 "the bytes of a server that cowlab did not start may only be "
                 "read as root, or not at all",
                 "sysctl kernel.yama.ptrace_scope=0",
                 scope > 0 ? "yama guards processes (ptrace_scope %.0f)"
                           : "yama does not guard processes (%.0f)",
                 scope);
}

void findings_of_machine(struct findings *findings, const json_t *environment,
                         double load, bool here)
{
    struct look look = {findings, environment, load};
    look_at_huge_pages(&look);
    look_at_mapcount(&look, here);
    look_at_swap(&look);
    look_at_ksm(&look);
    look_at_numa(&look);
    look_at_memory_limit(&look);
    look_at_cpu_limit(&look);
    look_at_load(&look);
    look_at_processors(&look);
    look_at_governor(&look);
    look_at_clock(&look);
    look_at_addresses(&look);
    look_at_overcommit(&look);
    look_at_map_count(&look);
    look_at_ptrace(&look);
}
