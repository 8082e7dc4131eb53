/* unit-memory-group.c: limited groups of both versions, made in copies of other
 * machines' trees.  What the kernel does with a new directory is done by
 * wrapped system calls: the files of a group are in it at once, and go with it.
 */
#include "harness/memory-group.h"
#include "harness/memory.h"
#include "harness/owner.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define MIB (UINT64_C(1) << 20)

static char root[] = "/tmp/cowlab-unit-XXXXXX";

/* What every new group has: name, content; NULL ends. */
static const char *const *group_files;
static const char *refused; /* below this directory none may be made */
static const char *busy;    /* writing to the file of this name fails */

int __real_mkdir(const char *path, mode_t mode);
int __wrap_mkdir(const char *path, mode_t mode);
int __real_rmdir(const char *path);
int __wrap_rmdir(const char *path);
ssize_t __real_write(int file, const void *bytes, size_t size);
ssize_t __wrap_write(int file, const void *bytes, size_t size);

static void run(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void run(const char *format, ...)
{
    char command[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(command, sizeof command, format, arguments);
    va_end(arguments);
    assert_int_equal(system(command), 0);
}

static void put(const char *path, const char *text)
{
    run("mkdir -p \"$(dirname %s%s)\"", root, path);
    char *whole = xasprintf("%s%s", root, path);
    FILE *file = fopen(whole, "we");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    free(whole);
}

int __wrap_mkdir(const char *path, mode_t mode)
{
    if (refused && !strncmp(path + strlen(root), refused, strlen(refused)) &&
        path[strlen(root) + strlen(refused)] == '/' &&
        !strchr(path + strlen(root) + strlen(refused) + 1, '/')) {
        errno = EACCES;
        return -1;
    }
    int status = __real_mkdir(path, mode);
    for (size_t i = 0; status == 0 && group_files[i]; i += 2) {
        char *file = xasprintf("%s/%s", path + strlen(root), group_files[i]);
        put(file, group_files[i + 1]);
        free(file);
    }
    return status;
}

int __wrap_rmdir(const char *path)
{
    run("find %s -type f -delete", path);
    return __real_rmdir(path);
}

ssize_t __wrap_write(int file, const void *bytes, size_t size)
{
    char link[64], path[512] = "";
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    if (busy && readlink(link, path, sizeof path - 1) > 0 &&
        strstr(path, busy)) {
        errno = EBUSY;
        return -1;
    }
    return __real_write(file, bytes, size);
}

static int set_up(void **state)
{
    (void)state;
    strcpy(strstr(root, "unit-") + 5, "XXXXXX");
    refused = busy = NULL;
    return mkdtemp(root) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    run("rm -rf %s", root);
    return 0;
}

/* clang-format off */
static const char *const first_files[] = {
    "cgroup.procs", "",
    "memory.limit_in_bytes", "9223372036854771712\n",
    "memory.memsw.limit_in_bytes", "9223372036854771712\n",
    "memory.swappiness", "60\n",
    "memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n",
    "memory.usage_in_bytes", "1000\n",
    "memory.max_usage_in_bytes", "2000\n",
    "memory.failcnt", "7\n",
    "memory.stat", "cache 1\nswap 500\nswapcached 9\n"
                   "workingset_refault_anon 40\npgmajfault 30\n",
    NULL};

static const char *const second_files[] = {
    "cgroup.procs", "",
    "cgroup.controllers", "memory pids\n",
    "cgroup.subtree_control", "\n",
    "memory.max", "max\n",
    "memory.swap.max", "max\n",
    "memory.current", "1000\n",
    "memory.swap.current", "500\n",
    "memory.peak", "2000\n",
    "memory.swap.peak", "600\n",
    "memory.events", "low 1\nhigh 2\nmax 3\n"
                     "oom 4\noom_kill 5\noom_group_kill 6\n",
    "memory.pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 total=12\n"
                       "full avg10=0.00 avg60=0.00 avg300=0.00 total=8\n",
    "memory.stat", "anon 1\npgmajfault 30\nworkingset_refault_anon 40\n"
                   "pswpin 50\npswpout 60\n",
    NULL};
/* clang-format on */

/* A machine of the first version, and we in /job. */
static void put_first(void)
{
    group_files = first_files;
    put("/proc/self/cgroup", "4:cpu,cpuacct:/\n3:memory:/job\n0::/\n");
    put("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    put("/sys/fs/cgroup/memory/job/memory.limit_in_bytes",
        "9223372036854771712\n");
    put("/sys/fs/cgroup/unified/cgroup.controllers", "\n");
}

/* One of the second, and we in a group of a user's that has processes. */
static void put_second(void)
{
    group_files = second_files;
    put("/proc/self/cgroup", "0::/user/app/shell\n");
    put("/sys/fs/cgroup/cgroup.controllers", "cpu memory pids\n");
    put("/sys/fs/cgroup/cgroup.subtree_control", "cpu memory pids\n");
    put("/sys/fs/cgroup/user/cgroup.controllers", "memory pids\n");
    put("/sys/fs/cgroup/user/cgroup.subtree_control", "memory pids\n");
    put("/sys/fs/cgroup/user/memory.max", "max\n");
    put("/sys/fs/cgroup/user/app/cgroup.controllers", "memory pids\n");
    put("/sys/fs/cgroup/user/app/cgroup.subtree_control", "memory pids\n");
    put("/sys/fs/cgroup/user/app/memory.max", "max\n");
    put("/sys/fs/cgroup/user/app/shell/cgroup.controllers", "memory pids\n");
    put("/sys/fs/cgroup/user/app/shell/cgroup.subtree_control", "\n");
    put("/sys/fs/cgroup/user/app/shell/memory.max", "max\n");
    busy = "/shell/cgroup.subtree_control";
}

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
    if (memory_group_open(&group, root, memory, swap, &error))
        fail_msg("%s", error.text);
    char *expected = xasprintf("%s%s/%s", root, below, name);
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
    assert_int_equal(memory_group_open(&group, root, 64 * MIB, 0, &error), -1);
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
    put_first();
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
    put_first();
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
    put_first();
    put("/proc/self/cgroup", "3:memory:/docker/0123\n");
    struct memory_group group = open_good(64 * MIB, 0, "/sys/fs/cgroup/memory");
    close_good(&group);
}

static void second_version(void **state)
{
    (void)state;
    put_second();
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
    put_second();
    struct memory_group group =
        open_good(64 * MIB, 0, "/sys/fs/cgroup/user/app");
    expect_text(&group, "memory.swap.max", "0");
    close_good(&group);
}

/* Our own group has no processes but ours where the machine has one group. */
static void second_version_at_the_top(void **state)
{
    (void)state;
    put_second();
    put("/proc/self/cgroup", "0::/\n");
    put("/sys/fs/cgroup/cgroup.subtree_control", "");
    struct memory_group group = open_good(64 * MIB, 0, "/sys/fs/cgroup");
    char *path = xasprintf("%s/sys/fs/cgroup", root);
    struct memory_group top = {2, path};
    expect_text(&top, "cgroup.subtree_control", "+memory");
    free(path);
    close_good(&group);
}

static void who_would_hang_is_killed(void **state)
{
    (void)state;
    put_first();
    static const char *const files[] = {"memory.limit_in_bytes", "1",
                                        "memory.oom_control",
                                        "oom_kill_disable 1\n", NULL};
    group_files = files;
    struct memory_group group =
        open_good(64 * MIB, 32 * MIB, "/sys/fs/cgroup/memory/job");
    expect_text(&group, "memory.oom_control", "0");
    close_good(&group);
}

static void older_kernels(void **state)
{
    (void)state;
    put_first();
    static const char *const files[] = {"memory.limit_in_bytes", "1", NULL};
    group_files = files;
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
    put_first();
    refused = "/sys/fs/cgroup/memory/job";
    expect_refused("cannot make a control group in /sys/fs/cgroup/memory/job: "
                   "Permission denied: run as root");
    tear_down(NULL);
    set_up(NULL);
    put_second();
    refused = "/sys/fs/cgroup/user/app";
    put("/sys/fs/cgroup/user/cgroup.controllers", "\n");
    put("/sys/fs/cgroup/cgroup.controllers", "\n");
    expect_refused("cannot make a control group in /sys/fs/cgroup/user/app: "
                   "Permission denied: run as root, or under `systemd-run");
}

/* What has processes may have no limited groups, and its parent is not there.
 */
static void only_our_own_group(void **state)
{
    (void)state;
    put_second();
    put("/proc/self/cgroup", "0::/\n");
    put("/sys/fs/cgroup/cgroup.subtree_control", "");
    busy = "/sys/fs/cgroup/cgroup.subtree_control";
    expect_refused("cannot make a control group in /sys/fs/cgroup: it has "
                   "processes of its own: run as root");
}

static void no_controller(void **state)
{
    (void)state;
    put_second();
    run("find %s -name cgroup.controllers -delete", root);
    expect_refused("has no memory controller: run as root, or under "
                   "`systemd-run --user --scope -p Delegate=yes'");
}

static void no_groups(void **state)
{
    (void)state;
    group_files = second_files;
    expect_refused("there are no control groups here");
}

static void less_is_allowed_above(void **state)
{
    (void)state;
    put_second();
    put("/sys/fs/cgroup/user/memory.max", "33554432\n");
    expect_refused("may have only 33554432 bytes: lower memory:");
}

/* A group whose limit cannot be set does not stay. */
static void limit_refused(void **state)
{
    (void)state;
    put_second();
    busy = "/memory.max";
    expect_refused("cannot limit the memory of the control group");
    run("test -z \"$(find %s -mindepth 1 -name 'cowlab-*')\"", root);
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
    put(file, text);
    free(file);
    return pid;
}

static void what_dead_processes_left(void **state)
{
    (void)state;
    char name[OWNER_NAME_SIZE];
    int end;
    put_second();
    owner_name(name);
    char *ours = xasprintf("/sys/fs/cgroup/user/%s", name);
    pid_t lives = populate(ours);
    /* The same pid, started at another time. */
    char *dead = xasprintf("/sys/fs/cgroup/user/app/cowlab-%d-1", getpid());
    pid_t left = populate(dead);
    put("/sys/fs/cgroup/user/app/cowlabs/cgroup.procs", "");
    memory_group_sweep(root);
    assert_int_equal(waitpid(left, &end, 0), left);
    assert_true(WIFSIGNALED(end) && WTERMSIG(end) == SIGKILL);
    run("test ! -e %s%s && test -e %s%s && "
        "test -e %s/sys/fs/cgroup/user/app/cowlabs",
        root, dead, root, ours, root);
    kill(lives, SIGKILL);
    assert_int_equal(waitpid(lives, &end, 0), lives);
    free(dead);
    free(ours);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
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
