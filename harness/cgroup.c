/* cgroup.c: the groups that /proc/self/cgroup names, and their limits; see
 * cgroup.h.
 * Source: Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/. */
#include "harness/cgroup.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

static bool exists(const struct facts *facts, const char *directory)
{
    char *path = xasprintf("%s%s", facts->root, directory);
    bool found = access(path, F_OK) == 0;
    free(path);
    return found;
}

/* Where the second version has the first beside it, it has a directory of its
 * own.  A container may see its group as the top of the hierarchy and still be
 * told the path that the group has outside. */
static struct cgroup make_group(const struct facts *facts, int version,
                                const char *hierarchy, const char *path)
{
    struct cgroup group = {.version = version};
    group.mount = xasprintf(MOUNT "/%s", hierarchy);
    if (version == 2 && !exists(facts, group.mount))
        strcpy(group.mount, MOUNT);
    group.directory =
        xasprintf("%s%s", group.mount, strcmp(path, "/") ? path : "");
    if (!exists(facts, group.directory))
        strcpy(group.directory, group.mount);
    return group;
}

size_t cgroup_own(const struct facts *facts, const char *controller,
                  struct cgroup own[CGROUPS_MAX])
{
    char line[1024];
    size_t count = 0;
    FILE *file = facts_open(facts, "/proc/self/cgroup");
    /* The second version's line is the last. */
    while (file && count < CGROUPS_MAX && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        char *list = strchr(line, ':');
        char *path = list ? strchr(list + 1, ':') : NULL;
        if (!path)
            continue;
        *path++ = '\0';
        if (!list[1])
            own[count++] = make_group(facts, 2, "unified", path);
        else if (names(list + 1, controller))
            own[count++] = make_group(facts, 1, controller, path);
    }
    if (file)
        fclose(file);
    return count;
}

void cgroup_clear(struct cgroup *group)
{
    free(group->mount);
    free(group->directory);
}

bool cgroup_up(struct cgroup *group)
{
    char *slash = strrchr(group->directory, '/');
    if (strlen(group->directory) <= strlen(group->mount) || !slash)
        return false;
    *slash = '\0';
    return true;
}

/* The strictest limit over all groups that we are in, and those above. */
static double limit_of(const struct facts *facts, const char *controller,
                       limit_reader *read)
{
    struct cgroup own[CGROUPS_MAX];
    size_t count = cgroup_own(facts, controller, own);
    double strictest = NAN;
    for (size_t i = 0; i < count; i++) {
        do
            strictest = fmin(strictest, read(facts, own[i].directory));
        while (cgroup_up(&own[i]));
        cgroup_clear(&own[i]);
    }
    return strictest;
}

double cgroup_memory_limit(const struct facts *facts)
{
    return limit_of(facts, "memory", memory_limit);
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
    double memory = cgroup_memory_limit(facts);
    double processors = limit_of(facts, "cpu", cpu_limit);
    set(facts, "cgroup_memory_limit_bytes", memory,
        json_integer(isfinite(memory) ? (json_int_t)memory : 0));
    set(facts, "cgroup_cpu_limit", processors,
        json_real(isfinite(processors) ? processors : 0));
}
