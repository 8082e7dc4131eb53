/* memory-group.c: makes, limits and removes groups; see memory-group.h.  What
 * they tell is read in memory-account.c. */
#include "harness/memory-group.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/cgroup.h"
#include "harness/clock.h"
#include "harness/memory.h"
#include "harness/owner.h"

#define CLOSE_PATIENCE (5 * NS_PER_SECOND) /* a reaped process leaves late */
#define CLOSE_PAUSE_US 2000

#define NEXT                                                                   \
    "run as root, or under `systemd-run --user --scope -p Delegate=yes', or "  \
    "in a container whose /sys/fs/cgroup is writable"

/* 0 or errno. */
static int put_text(const char *directory, const char *name, const char *text)
{
    char *path = xasprintf("%s/%s", directory, name);
    int file = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC), cause = 0;
    if (file < 0 || write(file, text, strlen(text)) < 0)
        cause = errno;
    if (file >= 0)
        close(file);
    free(path);
    return cause;
}

static int put_number(const struct memory_group *group, const char *name,
                      uint64_t number)
{
    char text[32];
    snprintf(text, sizeof text, "%llu", (unsigned long long)number);
    return put_text(group->directory, name, text);
}

/* A knob that this kernel may lack. */
static int put_if_there(const struct memory_group *group, const char *name,
                        uint64_t number)
{
    int cause = put_number(group, name, number);
    return cause == ENOENT ? 0 : cause;
}

/* Where the group above hangs processes instead of killing them, ours would
 * too. */
static bool hangs(const struct memory_group *group)
{
    struct facts facts = {json_object(), group->directory};
    facts_row(&facts, "hangs", "/memory.oom_control", "oom_kill_disable");
    bool is_so =
        json_integer_value(json_object_get(facts.object, "hangs")) == 1;
    json_decref(facts.object);
    return is_so;
}

/* The first version limits memory and swap together.  Where there is to be no
 * swap, a swappiness of 0 keeps the group's pages out of it, and the limit of
 * memory alone is reached, whose failures are counted. */
static int limit_first(const struct memory_group *group, uint64_t memory,
                       uint64_t swap)
{
    int cause = put_number(group, "memory.limit_in_bytes", memory);
    if (!cause && swap)
        cause =
            put_if_there(group, "memory.memsw.limit_in_bytes", memory + swap);
    if (!cause && !swap)
        cause = put_if_there(group, "memory.swappiness", 0);
    if (!cause && hangs(group))
        cause = put_number(group, "memory.oom_control", 0);
    return cause;
}

static int limit_second(const struct memory_group *group, uint64_t memory,
                        uint64_t swap)
{
    int cause = put_number(group, "memory.max", memory);
    return cause ? cause : put_if_there(group, "memory.swap.max", swap);
}

static bool list_has(const struct facts *facts, const char *directory,
                     const char *name, const char *word)
{
    char *path = xasprintf("%s/%s", directory, name);
    char *line = facts_line(facts, path), *rest = line, *found;
    while ((found = strsep(&rest, " ")) && strcmp(found, word))
        ;
    free(line);
    free(path);
    return found != NULL;
}

/* Makes the directory of a group below another.  0 or errno. */
static int make_below(struct memory_group *group, const struct facts *facts,
                      const struct cgroup *parent)
{
    char name[OWNER_NAME_SIZE];
    owner_name(name);
    char *path = xasprintf("%s%s/%s", facts->root, parent->directory, name);
    int cause = mkdir(path, 0755) < 0 ? errno : 0;
    if (cause)
        free(path);
    else
        *group = (struct memory_group){parent->version, path};
    return cause;
}

/* Whether groups below may be limited; if not so far, the kernel is asked to
 * allow it.  It stays allowed: another run may have begun to need it. */
static int allow_below(const struct facts *facts, const struct cgroup *parent)
{
    if (list_has(facts, parent->directory, "cgroup.subtree_control", "memory"))
        return 0;
    char *path = xasprintf("%s%s", facts->root, parent->directory);
    int cause = put_text(path, "cgroup.subtree_control", "+memory");
    free(path);
    return cause;
}

/* Goes up from our own group until one may have ours below it.  The error is
 * that of the nearest which could not for want of a right. */
static int make_second(struct memory_group *group, const struct facts *facts,
                       struct cgroup *parent, struct error *error)
{
    int refused = 0;
    char *where = NULL;
    do {
        if (!list_has(facts, parent->directory, "cgroup.controllers", "memory"))
            continue;
        int cause = allow_below(facts, parent);
        if (!cause)
            cause = make_below(group, facts, parent);
        if (!cause) {
            free(where);
            return 0;
        }
        /* EBUSY: it has processes, and so its parent is the one to ask. */
        if (!refused || refused == EBUSY) {
            refused = cause;
            free(where);
            where = xstrdup(parent->directory);
        }
    } while (cgroup_up(parent));
    if (!where)
        return error_set(error,
                         "the control group of this process has no memory "
                         "controller: " NEXT);
    error_set(error, "cannot make a control group in %s: %s: " NEXT, where,
              refused == EBUSY ? "it has processes of its own"
                               : strerror(refused));
    free(where);
    return -1;
}

static int make_first(struct memory_group *group, const struct facts *facts,
                      struct cgroup *parent, struct error *error)
{
    int cause = make_below(group, facts, parent);
    return cause ? error_set(error,
                             "cannot make a control group in %s: %s: " NEXT,
                             parent->directory, strerror(cause))
                 : 0;
}

/* A limit above ours would be reached first. */
static int check_above(const struct facts *facts, uint64_t memory,
                       struct error *error)
{
    double above = cgroup_memory_limit(facts);
    return (double)memory > above
               ? error_set(error,
                           "the control group of this process may have only "
                           "%.0f bytes: lower memory:, or run where more are "
                           "allowed",
                           above)
               : 0;
}

/* Our group in the hierarchy that has the memory controller: the first
 * version's, where there is one. */
static bool find_own(const struct facts *facts, struct cgroup *own)
{
    struct cgroup all[CGROUPS_MAX];
    size_t count = cgroup_own(facts, "memory", all);
    for (size_t i = 1; i < count; i++)
        cgroup_clear(&all[i]);
    if (count > 0)
        *own = all[0];
    return count > 0;
}

int memory_group_open(struct memory_group *group, const char *root,
                      uint64_t memory, uint64_t swap, struct error *error)
{
    struct facts facts = {.root = root};
    struct cgroup own;
    struct error ignored;
    *group = (struct memory_group){0};
    if (check_above(&facts, memory, error) < 0)
        return -1;
    if (!find_own(&facts, &own))
        return error_set(error, "there are no control groups here, or none "
                                "that /proc/self/cgroup names: mount cgroup2 "
                                "on /sys/fs/cgroup");
    int status = own.version == 1 ? make_first(group, &facts, &own, error)
                                  : make_second(group, &facts, &own, error);
    cgroup_clear(&own);
    if (status < 0)
        return -1;
    int cause = group->version == 1 ? limit_first(group, memory, swap)
                                    : limit_second(group, memory, swap);
    if (!cause)
        return 0;
    error_set(error,
              "cannot limit the memory of the control group %s: %s: " NEXT,
              group->directory, strerror(cause));
    memory_group_close(group, &ignored);
    return -1;
}

int memory_group_close(struct memory_group *group, struct error *error)
{
    uint64_t deadline = clock_now() + CLOSE_PATIENCE;
    int cause = 0;
    if (!group->directory)
        return 0;
    while ((cause = rmdir(group->directory) < 0 ? errno : 0) == EBUSY &&
           clock_now() < deadline)
        usleep(CLOSE_PAUSE_US);
    if (cause)
        error_set(error,
                  "cannot remove the control group %s: %s; end the processes "
                  "that its cgroup.procs names, and rmdir it",
                  group->directory, strerror(cause));
    free(group->directory);
    *group = (struct memory_group){0};
    return cause ? -1 : 0;
}

/* Sweeping. */

static void kill_all_in(const char *directory)
{
    char *path = xasprintf("%s/cgroup.procs", directory);
    FILE *file = fopen(path, "re");
    int pid;
    while (file && fscanf(file, "%d", &pid) == 1)
        if (pid > 0) /* 0: of another namespace of pids */
            kill(pid, SIGKILL);
    if (file)
        fclose(file);
    free(path);
}

static void sweep_group(const char *directory)
{
    uint64_t deadline = clock_now() + CLOSE_PATIENCE;
    do {
        kill_all_in(directory);
        if (rmdir(directory) == 0 || errno != EBUSY)
            return;
        usleep(CLOSE_PAUSE_US);
    } while (clock_now() < deadline);
}

static void sweep_below(const char *directory)
{
    DIR *list = opendir(directory);
    struct dirent *entry;
    while (list && (entry = readdir(list))) {
        if (!owner_gone(entry->d_name))
            continue;
        char *path = xasprintf("%s/%s", directory, entry->d_name);
        sweep_group(path);
        free(path);
    }
    if (list)
        closedir(list);
}

void memory_group_sweep(const char *root)
{
    struct facts facts = {.root = root};
    struct cgroup own;
    if (!find_own(&facts, &own))
        return;
    do {
        char *path = xasprintf("%s%s", root, own.directory);
        sweep_below(path);
        free(path);
    } while (own.version == 2 && cgroup_up(&own));
    cgroup_clear(&own);
}
