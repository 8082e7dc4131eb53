/* children.c: starts, kills and reaps; see children.h. */
#include "harness/children.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/clock.h"

#define PATIENCE (10 * NS_PER_SECOND)
#define PAUSE_US 2000

/* In the child: tells errno through the pipe when there is no program. */
static _Noreturn void begin(void (*become)(void *), void *argument,
                            pid_t parent, int failure)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127);
    become(argument);
    int cause = errno;
    if (write(failure, &cause, sizeof cause) < 0)
        _exit(126);
    _exit(127);
}

int children_start(void (*become)(void *argument), void *argument, pid_t *pid)
{
    int failure[2], cause = 0;
    if (pipe2(failure, O_CLOEXEC) < 0)
        return errno;
    pid_t parent = getpid();
    *pid = fork();
    if (*pid == 0)
        begin(become, argument, parent, failure[1]);
    if (*pid < 0)
        cause = errno;
    close(failure[1]);
    if (TEMP_FAILURE_RETRY(read(failure[0], &cause, sizeof cause)) < 0)
        cause = errno;
    close(failure[0]);
    if (cause && *pid > 0)
        waitpid(*pid, NULL, 0);
    return cause;
}

/* A child that has ended keeps its pid until we reap it, so that no stranger is
 * hit. */
static void kill_children(void)
{
    char path[64];
    int pid;
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    FILE *file = fopen(path, "re");
    if (!file)
        return;
    while (fscanf(file, "%d", &pid) == 1)
        kill(pid, SIGKILL);
    fclose(file);
}

int children_end(void)
{
    uint64_t deadline = clock_now() + PATIENCE;
    for (;;) {
        kill_children();
        pid_t pid = waitpid(-1, NULL, WNOHANG);
        if (pid < 0 && errno == ECHILD)
            return 0;
        if (pid == 0 && clock_now() >= deadline)
            return -1;
        if (pid == 0)
            usleep(PAUSE_US);
    }
}
