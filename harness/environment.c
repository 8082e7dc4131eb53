/* environment.c: kernel, memory, processors and settings of this machine; see
 * environment.h. */
#include "harness/environment.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "harness/memory.h"

#define THP "/sys/kernel/mm/transparent_hugepage"
#define CPU "/sys/devices/system/cpu"

extern char **environ;

static void set_absent(json_t *object, const char *key, const char *why)
{
    char why_key[64];
    snprintf(why_key, sizeof why_key, "%s_why", key);
    json_object_set_new(object, key, json_null());
    json_object_set_new(object, why_key, json_string(why));
}

/* The first line of a file, without its newline; NULL with errno set. */
static char *first_line(const char *path)
{
    char line[512];
    FILE *file = fopen(path, "re");
    if (!file)
        return NULL;
    bool got = fgets(line, sizeof line, file) != NULL;
    fclose(file);
    if (!got) {
        errno = ENODATA;
        return NULL;
    }
    line[strcspn(line, "\n")] = '\0';
    return xstrdup(line);
}

/* Sets a key to a file's first line. */
static void set_file(json_t *object, const char *key, const char *path)
{
    char why[300];
    char *line = first_line(path);
    if (line)
        json_object_set_new(object, key, json_string(line));
    else
        set_absent(
            object, key,
            (snprintf(why, sizeof why, "%s: %s", path, strerror(errno)), why));
    free(line);
}

/* The same for a file that holds one number. */
static void set_file_number(json_t *object, const char *key, const char *path)
{
    set_file(object, key, path);
    const char *text = json_string_value(json_object_get(object, key));
    if (text)
        json_object_set_new(object, key, json_integer(atoll(text)));
}

/* The word in brackets of a line such as "always [madvise] never". */
static char *chosen(const char *path)
{
    char *line = first_line(path);
    char *open = line ? strchr(line, '[') : NULL;
    char *word = NULL;
    if (open)
        word = xasprintf("%.*s", (int)strcspn(open + 1, "]"), open + 1);
    free(line);
    return word;
}

static void set_chosen(json_t *object, const char *key, const char *path)
{
    char *word = chosen(path);
    if (word)
        json_object_set_new(object, key, json_string(word));
    else
        set_absent(object, key, "this kernel has no transparent huge pages");
    free(word);
}

/* The kernel's build settings, as /proc/config.gz or /boot tell them. */
static FILE *open_config(const char *release)
{
    char path[128];
    if (access("/proc/config.gz", R_OK) == 0)
        return popen("exec zcat /proc/config.gz", "re");
    snprintf(path, sizeof path, "exec cat /boot/config-%.65s 2>/dev/null",
             release);
    return popen(path, "re");
}

static void read_config(json_t *config, const char *release)
{
    static const char *const names[] = {"NO_PAGE_MAPCOUNT", "MEM_SOFT_DIRTY"};
    char line[512];
    bool any = false;
    FILE *file = open_config(release);
    while (file && fgets(line, sizeof line, file)) {
        any = true;
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            char yes[64];
            snprintf(yes, sizeof yes, "CONFIG_%s=y\n", names[i]);
            if (!strcmp(line, yes))
                json_object_set_new(config, names[i], json_true());
        }
    }
    if (file)
        pclose(file);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (json_object_get(config, names[i]))
            continue;
        if (any)
            json_object_set_new(config, names[i], json_false());
        else
            set_absent(config, names[i],
                       "neither /proc/config.gz nor /boot/config-RELEASE can "
                       "be read");
    }
}

/* What each size of multi-size huge pages is set to. */
static void read_mthp(json_t *mthp)
{
    DIR *directory = opendir(THP);
    struct dirent *entry;
    while (directory && (entry = readdir(directory))) {
        char path[512];
        if (strncmp(entry->d_name, "hugepages-", 10))
            continue;
        snprintf(path, sizeof path, THP "/%s/enabled", entry->d_name);
        if (access(path, R_OK) == 0)
            set_chosen(mthp, entry->d_name, path);
    }
    if (directory)
        closedir(directory);
}

static void read_memory(json_t *object)
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
    FILE *file = fopen("/proc/meminfo", "re");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        set_absent(object, rows[i].key, "not in /proc/meminfo");
    while (file && fgets(line, sizeof line, file)) {
        if (sscanf(line, "%63s %llu", field, &kib) != 2)
            continue;
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            char why_key[64];
            if (strcmp(field, rows[i].field))
                continue;
            snprintf(why_key, sizeof why_key, "%s_why", rows[i].key);
            json_object_del(object, why_key);
            json_object_set_new(object, rows[i].key,
                                json_integer((json_int_t)kib * 1024));
        }
    }
    if (file)
        fclose(file);
}

static void read_cpu(json_t *object)
{
    char line[512];
    FILE *file = fopen("/proc/cpuinfo", "re");
    set_absent(object, "cpu_model", "not in /proc/cpuinfo");
    while (file && fgets(line, sizeof line, file)) {
        char *colon = strchr(line, ':');
        if (!colon || strncmp(line, "model name", 10))
            continue;
        line[strcspn(line, "\n")] = '\0';
        json_object_set_new(object, "cpu_model", json_string(colon + 2));
        json_object_del(object, "cpu_model_why");
        break;
    }
    if (file)
        fclose(file);
    json_object_set_new(object, "cpu_count",
                        json_integer(sysconf(_SC_NPROCESSORS_ONLN)));
    set_file(object, "governor", CPU "/cpu0/cpufreq/scaling_governor");
}

static void read_load(json_t *object)
{
    double load[3];
    if (getloadavg(load, 3) == 3)
        json_object_set_new(object, "load_average",
                            json_pack("[f,f,f]", load[0], load[1], load[2]));
    else
        set_absent(object, "load_average", "/proc/loadavg cannot be read");
}

/* The path of our memory group under the mount of its hierarchy; false when
 * there is none. */
static bool cgroup_file(char *path, size_t size)
{
    char line[512];
    bool found = false;
    FILE *file = fopen("/proc/self/cgroup", "re");
    while (file && !found && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        char *memory = strstr(line, ":memory:");
        if (memory)
            snprintf(path, size,
                     "/sys/fs/cgroup/memory%.300s/memory.limit_in_bytes",
                     memory + 8);
        else if (!strncmp(line, "0::", 3))
            snprintf(path, size, "/sys/fs/cgroup%.300s/memory.max", line + 3);
        else
            continue;
        found = access(path, R_OK) == 0;
    }
    if (file)
        fclose(file);
    return found;
}

static void read_cgroup(json_t *object)
{
    char path[512];
    if (!cgroup_file(path, sizeof path)) {
        set_absent(object, "cgroup_memory_limit_bytes",
                   "no readable memory control group");
        return;
    }
    set_file(object, "cgroup_memory_limit_bytes", path);
    const char *text =
        json_string_value(json_object_get(object, "cgroup_memory_limit_bytes"));
    /* Version 1 says "no limit" with the largest number of whole pages. */
    if (text && isdigit((unsigned char)*text) &&
        strtoull(text, NULL, 10) < UINT64_C(1) << 60)
        json_object_set_new(object, "cgroup_memory_limit_bytes",
                            json_integer(atoll(text)));
    else if (text)
        set_absent(object, "cgroup_memory_limit_bytes", "no limit is set");
}

/* Variables that change how a subject allocates or runs. */
static void read_variables(json_t *variables)
{
    static const char *const prefixes[] = {"MALLOC_", "PYTHON", "PYPY",
                                           "GLIBC_TUNABLES", "LD_PRELOAD"};
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
}

/* Page counts are exact for pages of 4 KiB.  For larger folios a kernel with
 * NO_PAGE_MAPCOUNT estimates; heaps ask not to be given any, but where huge
 * pages are always on the rest of a process has them. */
static bool page_truth_exact(const json_t *config, bool always_huge)
{
    return !always_huge ||
           json_is_false(json_object_get(config, "NO_PAGE_MAPCOUNT"));
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static void warn_of_memory(struct record *record, const json_t *object)
{
    json_int_t swap_used =
        json_integer_value(json_object_get(object, "swap_total_bytes")) -
        json_integer_value(json_object_get(object, "swap_free_bytes"));
    if (!strcmp(text_of(object, "thp_enabled"), "always"))
        record_warn(record, "thp-always", "echo madvise > " THP "/enabled",
                    "transparent huge pages are always on: page counts of "
                    "runtimes that do not opt out are of huge pages");
    if (json_is_true(json_object_get(json_object_get(object, "kernel_config"),
                                     "NO_PAGE_MAPCOUNT")))
        record_warn(record, "no-page-mapcount",
                    "use a kernel built without NO_PAGE_MAPCOUNT",
                    "this kernel estimates the sharing of large folios");
    if (swap_used > 0)
        record_warn(record, "swap-in-use", "swapoff -a, or free memory",
                    "%lld bytes of swap are in use: a swapped page cannot be "
                    "told broken or shared",
                    (long long)swap_used);
}

static void warn_of_load(struct record *record, const json_t *object,
                         double load)
{
    double count = json_number_value(json_object_get(object, "cpu_count"));
    const char *governor = text_of(object, "governor");
    if (load > 0.5 * count)
        record_warn(
            record, "other-load", "stop other programs, run again",
            "the load average before the run was %.2f on %.0f processors", load,
            count);
    if (*governor && strcmp(governor, "performance"))
        record_warn(record, "governor", "cpupower frequency-set -g performance",
                    "the frequency governor is %s", governor);
    if (record->experiment->invocations < 3)
        record_warn(record, "few-invocations",
                    "set invocations: 3 or more in the experiment file",
                    "%u invocation%s of each cell tell%s nothing of the "
                    "spread",
                    record->experiment->invocations,
                    record->experiment->invocations == 1 ? "" : "s",
                    record->experiment->invocations == 1 ? "s" : "");
}

void environment_read(struct record *record, double load)
{
    struct utsname name;
    json_t *object = json_object(), *config = json_object();
    json_t *mthp = json_object(), *variables = json_object();
    record->environment = object;
    uname(&name);
    read_config(config, name.release);
    read_mthp(mthp);
    read_variables(variables);
    json_object_set_new(object, "kernel_release", json_string(name.release));
    json_object_set_new(object, "machine", json_string(name.machine));
    json_object_set_new(object, "kernel_config", config);
    set_chosen(object, "thp_enabled", THP "/enabled");
    set_chosen(object, "thp_defrag", THP "/defrag");
    json_object_set_new(object, "mthp", mthp);
    read_memory(object);
    read_cpu(object);
    read_load(object);
    read_cgroup(object);
    set_file_number(object, "aslr", "/proc/sys/kernel/randomize_va_space");
    set_file_number(object, "overcommit", "/proc/sys/vm/overcommit_memory");
    set_file_number(object, "perf_event_paranoid",
                    "/proc/sys/kernel/perf_event_paranoid");
    json_object_set_new(object, "variables", variables);
    json_object_set_new(object, "uid", json_integer(geteuid()));
    bool always = !strcmp(text_of(object, "thp_enabled"), "always");
    json_object_set_new(object, "page_truth",
                        json_string(page_truth_exact(config, always)
                                        ? "exact"
                                        : "approximate"));
    warn_of_memory(record, object);
    warn_of_load(record, object, load);
}
