/* children.c: kills and reaps; see children.h. */
#include "harness/children.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/clock.h"

#define PATIENCE (10 * NS_PER_SECOND)
#define PAUSE_US 2000

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
