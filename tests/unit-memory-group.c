/* unit-memory-group.c: limited groups of both versions, made in copies of other
 * machines' trees. */
#include "harness/memory-group.h"
#include "harness/memory.h"
#include "harness/owner.h"
#include "tests/cgroups.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define MIB (UINT64_C(1) << 20)

static void expect_text(const struct memory_group *group, const char *name,
                        const char *text)
{
    char got[64] = "";
    char *path = xasprintf("%s/%s", group->directory, name);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    assert_non_null(fgets(got, sizeof got, file));
    got[strcspn(got, "\n")] = '\0';
    fclose(file);
    free(path);
    assert_string_equal(got, text);
}

static struct memory_group open_good(uint64_t memory, uint64_t swap,
                                     const char *below)
{
    struct memory_group group;
    struct error error;
    char name[OWNER_NAME_SIZE];
    owner_name(name);
    if (memory_group_open(&group, cgroups_root, memory, swap, &error))
        fail_msg("%s", error.text);
    char *expected = xasprintf("%s%s/%s", cgroups_root, below, name);
    assert_string_equal(group.directory, expected);
    free(expected);
    return group;
}

static void close_good(struct memory_group *group)
{
    struct error error;
    char *directory = xstrdup(group->directory);
    assert_int_equal(memory_group_close(group, &error), 0);
    assert_null(group->directory);
    assert_int_equal(access(directory, F_OK), -1);
    free(directory);
}

static void expect_refused(const char *words)
{
    struct memory_group group;
    struct error error = {""};
    assert_int_equal(
        memory_group_open(&group, cgroups_root, 64 * MIB, 0, &error), -1);
    assert_null(group.directory);
    if (!strstr(error.text, words))
        fail_msg("'%s' is not in: %s", words, error.text);
}

/* Whether a key is this number, or with -1 null and its reason beside it. */
static void expect_number(const json_t *object, const char *key, int64_t number)
{
    char why_key[64];
    const json_t *value = json_object_get(object, key);
    snprintf(why_key, sizeof why_key, "%s_why", key);
    const char *why = json_string_value(json_object_get(object, why_key));
    if (number < 0) {
        assert_true(json_is_null(value));
        assert_true(why && *why);
    } else {
        assert_true(json_is_integer(value));
        assert_int_equal(json_integer_value(value), number);
        assert_null(why);
    }
}

static void first_version(void **state)
{
    (void)state;
    cgroups_first();
    struct memory_group group =
        open_good(64 * MIB, 32 * MIB, "/sys/fs/cgroup/memory/job");
    assert_int_equal(group.version, 1);
    expect_text(&group, "memory.limit_in_bytes", "67108864");
    expect_text(&group, "memory.memsw.limit_in_bytes", "100663296");
    expect_text(&group, "memory.swappiness", "60");
    expect_text(&group, "memory.oom_control", "oom_kill_disable 0");
    assert_int_equal(memory_group_kills(&group), 3);
    json_t *look = memory_group_look(&group);
    expect_number(look, "usage_bytes", 1000);
    expect_number(look, "swap_bytes", 500);
    expect_number(look, "major_faults", 30);
    expect_number(look, "refaulted_pages", 40);
    json_decref(look);
    close_good(&group);
}

static void first_version_without_swap(void **state)
{
    (void)state;
    cgroups_first();
    struct memory_group group =
        open_good(64 * MIB, 0, "/sys/fs/cgroup/memory/job");
    expect_text(&group, "memory.swappiness", "0");
    json_t *account = memory_group_account(&group);
    expect_number(account, "cgroup_version", 1);
    expect_number(account, "swap_bytes", 0);
    expect_number(account, "peak_bytes", 2000);
    expect_number(account, "swap_peak_bytes", -1);
    expect_number(account, "swapped_in_pages", -1);
    expect_number(account, "pressure_some_ns", -1);
    const json_t *events = json_object_get(account, "events");
    expect_number(events, "max", 7);
    expect_number(events, "oom_kill", 3);
    expect_number(events, "oom", -1);
    assert_null(json_object_get(account, "usage_bytes"));
    json_decref(account);
    close_good(&group);
}

/* A container may see its group as the top of the hierarchy. */
static void first_version_in_a_container(void **state)
{
    (void)state;
    cgroups_first();
    cgroups_put("/proc/self/cgroup", "3:memory:/docker/0123\n");
    struct memory_group group = open_good(64 * MIB, 0, "/sys/fs/cgroup/memory");
    close_good(&group);
}

static void second_version(void **state)
{
    (void)state;
    cgroups_second();
    struct memory_group group =
        open_good(64 * MIB, 32 * MIB, "/sys/fs/cgroup/user/app");
    assert_int_equal(group.version, 2);
    expect_text(&group, "memory.max", "67108864");
    expect_text(&group, "memory.swap.max", "33554432");
    assert_int_equal(memory_group_kills(&group), 5);
    json_t *look = memory_group_look(&group);
    expect_number(look, "usage_bytes", 1000);
    expect_number(look, "swap_bytes", 500);
    json_decref(look);
    json_t *account = memory_group_account(&group);
    expect_number(account, "cgroup_version", 2);
    expect_number(account, "swap_peak_bytes", 600);
    expect_number(account, "major_faults", 30);
    expect_number(account, "swapped_in_pages", 50);
    expect_number(account, "swapped_out_pages", 60);
    expect_number(account, "pressure_some_ns", 12000);
    expect_number(account, "pressure_full_ns", 8000);
    static const char *const names[] = {"low", "high",     "max",
                                        "oom", "oom_kill", "oom_group_kill"};
    for (size_t i = 0; i < 6; i++)
        expect_number(json_object_get(account, "events"), names[i],
                      (int64_t)i + 1);
    json_decref(account);
    close_good(&group);
}

static void second_version_without_swap(void **state)
{
    (void)state;
    cgroups_second();
    struct memory_group group =
        open_good(64 * MIB, 0, "/sys/fs/cgroup/user/app");
    expect_text(&group, "memory.swap.max", "0");
    close_good(&group);
}

/* Our own group has no processes but ours where the machine has one group. */
static void second_version_at_the_top(void **state)
{
    (void)state;
    cgroups_second();
    cgroups_put("/proc/self/cgroup", "0::/\n");
    cgroups_put("/sys/fs/cgroup/cgroup.subtree_control", "");
    struct memory_group group = open_good(64 * MIB, 0, "/sys/fs/cgroup");
    char *path = xasprintf("%s/sys/fs/cgroup", cgroups_root);
    struct memory_group top = {2, path};
    expect_text(&top, "cgroup.subtree_control", "+memory");
    free(path);
    close_good(&group);
}

static void who_would_hang_is_killed(void **state)
{
    (void)state;
    cgroups_first();
    static const char *const files[] = {"memory.limit_in_bytes", "1",
                                        "memory.oom_control",
                                        "oom_kill_disable 1\n", NULL};
    cgroups_files = files;
    struct memory_group group =
        open_good(64 * MIB, 32 * MIB, "/sys/fs/cgroup/memory/job");
    expect_text(&group, "memory.oom_control", "0");
    close_good(&group);
}

static void older_kernels(void **state)
{
    (void)state;
    cgroups_first();
    static const char *const files[] = {"memory.limit_in_bytes", "1", NULL};
    cgroups_files = files;
    struct memory_group group =
        open_good(64 * MIB, 32 * MIB, "/sys/fs/cgroup/memory/job");
    json_t *account = memory_group_account(&group);
    assert_int_equal(memory_group_kills(&group), -1);
    expect_number(account, "memory_bytes", 64 * MIB);
    expect_number(account, "swap_bytes", -1);
    expect_number(account, "peak_bytes", -1);
    expect_number(account, "major_faults", -1);
    expect_number(json_object_get(account, "events"), "oom_kill", -1);
    json_decref(account);
    close_good(&group);
}

static void no_right(void **state)
{
    (void)state;
    cgroups_first();
    cgroups_refused = "/sys/fs/cgroup/memory/job";
    expect_refused("cannot make a control group in /sys/fs/cgroup/memory/job: "
                   "Permission denied: run as root");
    cgroups_close(NULL);
    cgroups_open(NULL);
    cgroups_second();
    cgroups_refused = "/sys/fs/cgroup/user/app";
    cgroups_put("/sys/fs/cgroup/user/cgroup.controllers", "\n");
    cgroups_put("/sys/fs/cgroup/cgroup.controllers", "\n");
    expect_refused("cannot make a control group in /sys/fs/cgroup/user/app: "
                   "Permission denied: run as root, or under `systemd-run");
}

/* What has processes may have no limited groups, and its parent is not there.
 */
static void only_our_own_group(void **state)
{
    (void)state;
    cgroups_second();
    cgroups_put("/proc/self/cgroup", "0::/\n");
    cgroups_put("/sys/fs/cgroup/cgroup.subtree_control", "");
    cgroups_busy = "/sys/fs/cgroup/cgroup.subtree_control";
    expect_refused("cannot make a control group in /sys/fs/cgroup: it has "
                   "processes of its own: run as root");
}

static void no_controller(void **state)
{
    (void)state;
    cgroups_second();
    cgroups_run("find %s -name cgroup.controllers -delete", cgroups_root);
    expect_refused("has no memory controller: run as root, or under "
                   "`systemd-run --user --scope -p Delegate=yes'");
}

static void no_groups(void **state)
{
    (void)state;
    expect_refused("there are no control groups here");
}

static void less_is_allowed_above(void **state)
{
    (void)state;
    cgroups_second();
    cgroups_put("/sys/fs/cgroup/user/memory.max", "33554432\n");
    expect_refused("may have only 33554432 bytes: lower memory:");
}

/* A group whose limit cannot be set does not stay. */
static void limit_refused(void **state)
{
    (void)state;
    cgroups_second();
    cgroups_busy = "/memory.max";
    expect_refused("cannot limit the memory of the control group");
    cgroups_run("test -z \"$(find %s -mindepth 1 -name 'cowlab-*')\"",
                cgroups_root);
}

/* Makes a group of that name, and a process that is to be ended in it. */
static pid_t populate(const char *directory)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        pause();
        _exit(0);
    }
    char *file = xasprintf("%s/cgroup.procs", directory);
    char text[32];
    snprintf(text, sizeof text, "%d\n", (int)pid);
    cgroups_put(file, text);
    free(file);
    return pid;
}

static void what_dead_processes_left(void **state)
{
    (void)state;
    char name[OWNER_NAME_SIZE];
    int end;
    cgroups_second();
    owner_name(name);
    char *ours = xasprintf("/sys/fs/cgroup/user/%s", name);
    pid_t lives = populate(ours);
    /* The same pid, started at another time. */
    char *dead = xasprintf("/sys/fs/cgroup/user/app/cowlab-%d-1", getpid());
    pid_t left = populate(dead);
    cgroups_put("/sys/fs/cgroup/user/app/cowlabs/cgroup.procs", "");
    memory_group_sweep(cgroups_root);
    assert_int_equal(waitpid(left, &end, 0), left);
    assert_true(WIFSIGNALED(end) && WTERMSIG(end) == SIGKILL);
    cgroups_run("test ! -e %s%s && test -e %s%s && "
                "test -e %s/sys/fs/cgroup/user/app/cowlabs",
                cgroups_root, dead, cgroups_root, ours, cgroups_root);
    kill(lives, SIGKILL);
    assert_int_equal(waitpid(lives, &end, 0), lives);
    free(dead);
    free(ours);
}

int main(void)
{
#define CASE(name)                                                             \
    cmocka_unit_test_setup_teardown(name, cgroups_open, cgroups_close)
    const struct CMUnitTest tests[] = {
        CASE(first_version),
        CASE(first_version_without_swap),
        CASE(first_version_in_a_container),
        CASE(second_version),
        CASE(second_version_without_swap),
        CASE(second_version_at_the_top),
        CASE(who_would_hang_is_killed),
        CASE(older_kernels),
        CASE(no_right),
        CASE(only_our_own_group),
        CASE(no_controller),
        CASE(no_groups),
        CASE(less_is_allowed_above),
        CASE(limit_refused),
        CASE(what_dead_processes_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
