/* environment.c: kernel, memory, processors and settings of a machine; see
 * environment.h. */
#include "harness/environment.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <xxhash.h>

#include "harness/cgroup.h"
#include "harness/facts.h"
#include "harness/findings.h"
#include "harness/memory.h"

#define THP "/sys/kernel/mm/transparent_hugepage"

extern char **environ;

/* The kernel's build settings, as /proc/config.gz or /boot tell them. */
static FILE *open_config(const struct facts *facts)
{
    const char *release =
        json_string_value(json_object_get(facts->object, "kernel_release"));
    const char *reader = "zcat";
    FILE *file = facts_open(facts, "/proc/config.gz");
    if (!file) {
        char *path = xasprintf("/boot/config-%s", release ? release : "");
        reader = "cat";
        file = facts_open(facts, path);
        free(path);
    }
    if (!file)
        return NULL;
    /* Unlike the path, the descriptor's number needs no quoting. */
    int descriptor = dup(fileno(file));
    fclose(file);
    char *command = xasprintf("exec %s </dev/fd/%d", reader, descriptor);
    FILE *text = popen(command, "re");
    free(command);
    close(descriptor);
    return text;
}

static json_t *read_config(const struct facts *facts)
{
    static const char *const names[] = {"NO_PAGE_MAPCOUNT", "MEM_SOFT_DIRTY"};
    struct facts config = {json_object(), facts->root};
    char line[512];
    bool any = false;
    FILE *file = open_config(facts);
    while (file && fgets(line, sizeof line, file)) {
        any = true;
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            char yes[64];
            snprintf(yes, sizeof yes, "CONFIG_%s=y\n", names[i]);
            if (!strcmp(line, yes))
                json_object_set_new(config.object, names[i], json_true());
        }
    }
    if (file)
        pclose(file);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (json_object_get(config.object, names[i]))
            continue;
        if (any)
            json_object_set_new(config.object, names[i], json_false());
        else
            facts_absent(&config, names[i],
                         "neither /proc/config.gz nor /boot/config-RELEASE can "
                         "be read");
    }
    return config.object;
}

/* What each size of multi-size huge pages is set to. */
static json_t *read_mthp(const struct facts *facts)
{
    struct facts sizes = {json_object(), facts->root};
    char *path = xasprintf("%s" THP, facts->root);
    DIR *directory = opendir(path);
    struct dirent *entry;
    while (directory && (entry = readdir(directory))) {
        char setting[512];
        if (strncmp(entry->d_name, "hugepages-", 10))
            continue;
        snprintf(setting, sizeof setting, THP "/%s/enabled", entry->d_name);
        char *line = facts_line(facts, setting);
        if (line) /* the smallest sizes are of shared memory alone */
            facts_chosen(&sizes, entry->d_name, setting);
        free(line);
    }
    if (directory)
        closedir(directory);
    free(path);
    return sizes.object;
}

void environment_memory(const struct facts *facts)
{
    static const struct {
        const char *field, *key;
    } rows[] = {
        {"MemTotal:", "memory_total_bytes"},
        {"MemAvailable:", "memory_available_bytes"},
        {"SwapTotal:", "swap_total_bytes"},
        {"SwapFree:", "swap_free_bytes"},
    };
    char line[256], field[64];
    unsigned long long kib;
    FILE *file = facts_open(facts, "/proc/meminfo");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        facts_absent(facts, rows[i].key, "not in /proc/meminfo");
    while (file && fgets(line, sizeof line, file)) {
        if (sscanf(line, "%63s %llu", field, &kib) != 2)
            continue;
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            if (strcmp(field, rows[i].field))
                continue;
            facts_present(facts, rows[i].key,
                          json_integer((json_int_t)kib * 1024));
        }
    }
    if (file)
        fclose(file);
}

static void read_cpu(const struct facts *facts)
{
    json_t *model = NULL;
    json_int_t count = 0;
    char line[512];
    FILE *file = facts_open(facts, "/proc/cpuinfo");
    while (file && fgets(line, sizeof line, file)) {
        char *colon = strchr(line, ':');
        line[strcspn(line, "\n")] = '\0';
        count += !strncmp(line, "processor", 9);
        if (!model && colon && colon[1] && !strncmp(line, "model name", 10))
            model = json_string(colon + 2);
    }
    if (file)
        fclose(file);
    if (model)
        json_object_set_new(facts->object, "cpu_model", model);
    else
        facts_absent(facts, "cpu_model", "not in /proc/cpuinfo");
    json_object_set_new(facts->object, "cpu_count", json_integer(count));
}

static void read_load(const struct facts *facts)
{
    double load[3];
    char *line = facts_line(facts, "/proc/loadavg");
    if (line && sscanf(line, "%lf %lf %lf", &load[0], &load[1], &load[2]) == 3)
        json_object_set_new(facts->object, "load_average",
                            json_pack("[f,f,f]", load[0], load[1], load[2]));
    else
        facts_absent(facts, "load_average", "/proc/loadavg cannot be read");
    free(line);
}

/* Variables that change how a subject allocates or runs. */
static json_t *read_variables(void)
{
    json_t *variables = json_object();
    static const char *const prefixes[] = {
        "MALLOC_", "PYTHON", "PYPY", "RUBY", "GLIBC_TUNABLES", "LD_PRELOAD"};
    for (char **variable = environ; *variable; variable++) {
        char *equals = strchr(*variable, '=');
        for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
            if (!equals || strncmp(*variable, prefixes[i], strlen(prefixes[i])))
                continue;
            char *name =
                xasprintf("%.*s", (int)(equals - *variable), *variable);
            json_t *value = json_string(equals + 1);
            json_object_set_new(variables, name,
                                value ? value : json_string("not UTF-8"));
            free(name);
        }
    }
    return variables;
}

/* Page counts are exact for pages of 4 KiB.  For larger folios a kernel with
 * NO_PAGE_MAPCOUNT estimates; heaps ask not to be given any, but where huge
 * pages are always on the rest of a process has them. */
static const char *page_truth(const json_t *object)
{
    const json_t *config = json_object_get(object, "kernel_config");
    const char *thp = json_string_value(json_object_get(object, "thp_enabled"));
    bool exact = !thp || strcmp(thp, "always") ||
                 json_is_false(json_object_get(config, "NO_PAGE_MAPCOUNT"));
    return exact ? "exact" : "approximate";
}

/* What tells this machine from others: machine-id(5) asks that the id itself be
 * given to nobody. */
static void read_machine_id(const struct facts *facts)
{
    char *id = facts_line(facts, "/etc/machine-id");
    if (!id || !*id) {
        facts_absent(facts, "machine_id", "/etc/machine-id cannot be read");
    } else {
        char *salted = xasprintf("cowlab %s", id), hash[17];
        snprintf(hash, sizeof hash, "%016llx",
                 (unsigned long long)XXH64(salted, strlen(salted), 0));
        json_object_set_new(facts->object, "machine_id", json_string(hash));
        free(salted);
    }
    free(id);
}

static void read_settings(const struct facts *facts)
{
    static const struct {
        void (*set)(const struct facts *, const char *, const char *);
        const char *key, *path;
    } rows[] = {
        {facts_text, "kernel_release", "/proc/sys/kernel/osrelease"},
        {facts_text, "boot_id", "/proc/sys/kernel/random/boot_id"},
        {facts_chosen, "thp_enabled", THP "/enabled"},
        {facts_chosen, "thp_defrag", THP "/defrag"},
        {facts_text, "governor",
         "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"},
        {facts_text, "clock_source",
         "/sys/devices/system/clocksource/clocksource0/current_clocksource"},
        {facts_number, "aslr", "/proc/sys/kernel/randomize_va_space"},
        {facts_number, "overcommit", "/proc/sys/vm/overcommit_memory"},
        {facts_number, "max_map_count", "/proc/sys/vm/max_map_count"},
        {facts_number, "ksm", "/sys/kernel/mm/ksm/run"},
        {facts_number, "numa_balancing", "/proc/sys/kernel/numa_balancing"},
        {facts_number, "perf_event_paranoid",
         "/proc/sys/kernel/perf_event_paranoid"},
        {facts_number, "ptrace_scope", "/proc/sys/kernel/yama/ptrace_scope"},
        {facts_number, "unprivileged_userfaultfd",
         "/proc/sys/vm/unprivileged_userfaultfd"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        rows[i].set(facts, rows[i].key, rows[i].path);
}

json_t *environment_json(const char *root)
{
    struct facts facts = {json_object(), root};
    struct utsname name;
    uname(&name);
    json_object_set_new(facts.object, "machine", json_string(name.machine));
    read_machine_id(&facts);
    read_settings(&facts);
    json_object_set_new(facts.object, "kernel_config", read_config(&facts));
    json_object_set_new(facts.object, "mthp", read_mthp(&facts));
    environment_memory(&facts);
    read_cpu(&facts);
    read_load(&facts);
    cgroup_limits(&facts);
    json_object_set_new(facts.object, "variables", read_variables());
    json_object_set_new(facts.object, "uid", json_integer(geteuid()));
    json_object_set_new(facts.object, "page_truth",
                        json_string(page_truth(facts.object)));
    return facts.object;
}

static void warn_of_invocations(struct record *record)
{
    unsigned count = record->experiment->invocations;
    if (count < 3)
        record_warn(record, "few-invocations",
                    "set invocations: 3 or more in the experiment file, "
                    "6 or more for intervals",
                    "%u invocation%s of each cell tell%s nothing of the "
                    "spread",
                    count, count == 1 ? "" : "s", count == 1 ? "s" : "");
}

/* Notes that numbers are to be read with; the others are of what a result says
 * itself where it would need it. */
static bool is_of_numbers(const struct finding *finding)
{
    static const char *const codes[] = {"fault-events", "hardware-counters",
                                        "page-frames",  "page-mapcount",
                                        "thp",          "mthp",
                                        "swap",         "memory-limit",
                                        "load",         "governor",
                                        "aslr"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (!strcmp(finding->code, codes[i]))
            return finding->level == LEVEL_NOTE;
    return false;
}

void environment_read(struct record *record, double load)
{
    record->environment = environment_json("");
    struct findings findings = {0};
    findings_of_kernel(&findings, record->environment);
    findings_of_machine(&findings, record->environment, load, true);
    for (size_t i = 0; i < findings.count; i++) {
        const struct finding *finding = &findings.items[i];
        if (finding->level >= LEVEL_WARNING)
            record_warn(record, finding->code, finding->next, "%s: %s",
                        finding->found, finding->effect);
        else if (is_of_numbers(finding))
            record_note(record, finding->code, finding->next, "%s: %s",
                        finding->found, finding->effect);
    }
    findings_free(&findings);
    warn_of_invocations(record);
}
