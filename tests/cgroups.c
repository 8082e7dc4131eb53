/* cgroups.c: what the kernel does with a new directory is done by wrapped
 * system calls: the files of a group are in it at once, and go with it. */
#include "tests/cgroups.h"
#include "harness/memory.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

char cgroups_root[] = "/tmp/cowlab-unit-XXXXXX";

const char *const *cgroups_files;
const char *cgroups_refused, *cgroups_busy;

int __real_mkdir(const char *path, mode_t mode);
int __wrap_mkdir(const char *path, mode_t mode);
int __real_rmdir(const char *path);
int __wrap_rmdir(const char *path);
ssize_t __real_write(int file, const void *bytes, size_t size);
ssize_t __wrap_write(int file, const void *bytes, size_t size);

void cgroups_run(const char *format, ...)
{
    char command[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(command, sizeof command, format, arguments);
    va_end(arguments);
    assert_int_equal(system(command), 0);
}

void cgroups_put(const char *path, const char *text)
{
    cgroups_run("mkdir -p \"$(dirname %s%s)\"", cgroups_root, path);
    char *whole = xasprintf("%s%s", cgroups_root, path);
    FILE *file = fopen(whole, "we");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    free(whole);
}

int __wrap_mkdir(const char *path, mode_t mode)
{
    if (cgroups_refused &&
        !strncmp(path + strlen(cgroups_root), cgroups_refused,
                 strlen(cgroups_refused)) &&
        path[strlen(cgroups_root) + strlen(cgroups_refused)] == '/' &&
        !strchr(path + strlen(cgroups_root) + strlen(cgroups_refused) + 1,
                '/')) {
        errno = EACCES;
        return -1;
    }
    int status = __real_mkdir(path, mode);
    for (size_t i = 0; status == 0 && cgroups_files[i]; i += 2) {
        char *file =
            xasprintf("%s/%s", path + strlen(cgroups_root), cgroups_files[i]);
        cgroups_put(file, cgroups_files[i + 1]);
        free(file);
    }
    return status;
}

int __wrap_rmdir(const char *path)
{
    cgroups_run("find %s -type f -delete", path);
    return __real_rmdir(path);
}

ssize_t __wrap_write(int file, const void *bytes, size_t size)
{
    char link[64], path[512] = "";
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    if (cgroups_busy && readlink(link, path, sizeof path - 1) > 0 &&
        strstr(path, cgroups_busy)) {
        errno = EBUSY;
        return -1;
    }
    return __real_write(file, bytes, size);
}

int cgroups_open(void **state)
{
    static const char *const none[] = {NULL};
    (void)state;
    cgroups_files = none;
    strcpy(strstr(cgroups_root, "unit-") + 5, "XXXXXX");
    cgroups_refused = cgroups_busy = NULL;
    return mkdtemp(cgroups_root) ? 0 : -1;
}

int cgroups_close(void **state)
{
    (void)state;
    cgroups_run("rm -rf %s", cgroups_root);
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

void cgroups_first(void)
{
    cgroups_files = first_files;
    cgroups_put("/proc/self/cgroup", "4:cpu,cpuacct:/\n3:memory:/job\n0::/\n");
    cgroups_put("/sys/fs/cgroup/memory/memory.limit_in_bytes",
                "9223372036854771712\n");
    cgroups_put("/sys/fs/cgroup/memory/job/memory.limit_in_bytes",
                "9223372036854771712\n");
    cgroups_put("/sys/fs/cgroup/unified/cgroup.controllers", "\n");
}

void cgroups_second(void)
{
    cgroups_files = second_files;
    cgroups_put("/proc/self/cgroup", "0::/user/app/shell\n");
    cgroups_put("/sys/fs/cgroup/cgroup.controllers", "cpu memory pids\n");
    cgroups_put("/sys/fs/cgroup/cgroup.subtree_control", "cpu memory pids\n");
    cgroups_put("/sys/fs/cgroup/user/cgroup.controllers", "memory pids\n");
    cgroups_put("/sys/fs/cgroup/user/cgroup.subtree_control", "memory pids\n");
    cgroups_put("/sys/fs/cgroup/user/memory.max", "max\n");
    cgroups_put("/sys/fs/cgroup/user/app/cgroup.controllers", "memory pids\n");
    cgroups_put("/sys/fs/cgroup/user/app/cgroup.subtree_control",
                "memory pids\n");
    cgroups_put("/sys/fs/cgroup/user/app/memory.max", "max\n");
    cgroups_put("/sys/fs/cgroup/user/app/shell/cgroup.controllers",
                "memory pids\n");
    cgroups_put("/sys/fs/cgroup/user/app/shell/cgroup.subtree_control", "\n");
    cgroups_put("/sys/fs/cgroup/user/app/shell/memory.max", "max\n");
    cgroups_busy = "/shell/cgroup.subtree_control";
}
