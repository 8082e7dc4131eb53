/* cgroup.c: reads the limits of the groups that /proc/self/cgroup names.
 * Source: Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/. */
#include "harness/cgroup.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/memory.h"

#define MOUNT "/sys/fs/cgroup"

/* Version 1 says "no limit" with the largest number of whole pages. */
#define NO_LIMIT_FROM 0x1p60

/* How one controller's limit is read in a group's directory: a number, or NAN
 * where nothing can be read; INFINITY means no limit. */
typedef double limit_reader(const struct facts *facts, const char *directory);

static char *read_in(const struct facts *facts, const char *directory,
                     const char *name)
{
    char *path = xasprintf("%s/%s", directory, name);
    char *line = facts_line(facts, path);
    free(path);
    return line;
}

/* A number, "max" or -1. */
static double number_in(const struct facts *facts, const char *directory,
                        const char *name)
{
    char *line = read_in(facts, directory, name);
    double number = NAN;
    if (line)
        number = !strncmp(line, "max", 3) || *line == '-' ? INFINITY
                                                          : strtod(line, NULL);
    free(line);
    return number;
}

static double memory_limit(const struct facts *facts, const char *directory)
{
    double limit = number_in(facts, directory, "memory.max");
    if (isnan(limit))
        limit = number_in(facts, directory, "memory.limit_in_bytes");
    return limit >= NO_LIMIT_FROM ? INFINITY : limit;
}

static double cpu_limit(const struct facts *facts, const char *directory)
{
    double quota = number_in(facts, directory, "cpu.max"), period = NAN;
    char *line = read_in(facts, directory, "cpu.max");
    char *second = line ? strchr(line, ' ') : NULL;
    if (second)
        period = strtod(second, NULL);
    free(line);
    if (isnan(quota)) {
        quota = number_in(facts, directory, "cpu.cfs_quota_us");
        period = number_in(facts, directory, "cpu.cfs_period_us");
    }
    return isinf(quota) || !(period > 0) ? quota : quota / period;
}

/* The strictest limit from a group up to the mount. */
static double limit_upwards(const struct facts *facts, const char *mount,
                            const char *group, limit_reader *read)
{
    char *directory = xasprintf("%s%s", mount, group);
    double strictest = NAN;
    for (;;) {
        size_t length = strlen(directory);
        while (length > 0 && directory[length - 1] == '/')
            directory[--length] = '\0';
        strictest = fmin(strictest, read(facts, directory));
        char *slash = strrchr(directory, '/');
        if (length <= strlen(mount) || !slash)
            break;
        *slash = '\0';
    }
    free(directory);
    return strictest;
}

/* Whether a list such as "cpu,cpuacct" names the controller. */
static bool names(const char *list, const char *controller)
{
    size_t size = strlen(controller);
    while (list) {
        if (!strncmp(list, controller, size) &&
            (list[size] == ',' || !list[size]))
            return true;
        list = strchr(list, ',');
        if (list)
            list++;
    }
    return false;
}

/* The limit over all groups that we are in, of either version. */
static double limit_of(const struct facts *facts, const char *controller,
                       limit_reader *read)
{
    char line[1024];
    double strictest = NAN;
    FILE *file = facts_open(facts, "/proc/self/cgroup");
    while (file && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        char *list = strchr(line, ':');
        char *group = list ? strchr(list + 1, ':') : NULL;
        if (!group)
            continue;
        *group++ = '\0';
        char *mount = NULL;
        if (!list[1])
            mount = xstrdup(MOUNT);
        else if (names(list + 1, controller))
            mount = xasprintf(MOUNT "/%s", controller);
        if (mount)
            strictest =
                fmin(strictest, limit_upwards(facts, mount, group, read));
        free(mount);
    }
    if (file)
        fclose(file);
    return strictest;
}

static void set(const struct facts *facts, const char *key, double limit,
                json_t *value)
{
    if (isfinite(limit)) {
        json_object_set_new(facts->object, key, value);
        return;
    }
    json_decref(value);
    facts_absent(facts, key,
                 isnan(limit) ? "no readable control group"
                              : "no limit is set");
}

void cgroup_limits(const struct facts *facts)
{
    double memory = limit_of(facts, "memory", memory_limit);
    double processors = limit_of(facts, "cpu", cpu_limit);
    set(facts, "cgroup_memory_limit_bytes", memory,
        json_integer(isfinite(memory) ? (json_int_t)memory : 0));
    set(facts, "cgroup_cpu_limit", processors,
        json_real(isfinite(processors) ? processors : 0));
}
