/* describe.c: runs a program with --describe, for a bounded time. */
#include <config.h>

#include "harness/describe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/children.h"
#include "harness/clock.h"
#include "harness/memory.h"

/* A server asks several programs, which takes seconds where the machine is
 * busy. Thirty times what the longest says; reading it takes the square. */
enum { LIMIT_S = 20, BYTES_MAX = 1 << 18 };

/* Waits until the descriptor is readable.  Returns 0, or -1 after the time. */
static int await(int descriptor, const struct patience *patience)
{
    struct pollfd watched = {.fd = descriptor, .events = POLLIN};
    for (;;) {
        int ready = poll(&watched, 1, patience_left_ms(patience));
        if (ready > 0)
            return 0;
        if (ready == 0 || errno != EINTR)
            return -1;
    }
}

static int read_output(int descriptor, const struct patience *patience,
                       char *text, struct error *error)
{
    size_t length = 0;
    for (;;) {
        if (await(descriptor, patience))
            return error_set(error, "no description within %d s", LIMIT_S);
        ssize_t got = read(descriptor, text + length, BYTES_MAX + 1 - length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_set(error, "its output cannot be read: %s",
                             strerror(errno));
        length += (size_t)got;
        if (length > BYTES_MAX)
            return error_set(error, "a description of more than %d bytes",
                             BYTES_MAX);
        if (got == 0)
            break;
    }
    text[length] = '\0';
    if (strlen(text) != length)
        return error_set(error, "a NUL in its description");
    return 0;
}

static int await_end(pid_t pid, const struct patience *patience,
                     struct error *error)
{
    int descriptor = pidfd_open(pid, 0);
    if (descriptor < 0)
        return error_set(error, "cannot be waited for: %s", strerror(errno));
    int late = await(descriptor, patience);
    close(descriptor);
    return late ? error_set(error, "still running after %d s", LIMIT_S) : 0;
}

static int judge_end(int status, struct error *error)
{
    if (WIFSIGNALED(status))
        return error_set(error, "ended by signal %d (%s)", WTERMSIG(status),
                         strsignal(WTERMSIG(status)));
    if (WEXITSTATUS(status))
        return error_set(error, "ended with exit status %d",
                         WEXITSTATUS(status));
    return 0;
}

/* What is started. */
struct description_start {
    char *command[5];
    int writer; /* of the description */
};

static void become_described(void *argument)
{
    struct description_start *start = argument;
    int nothing = open("/dev/null", O_RDONLY);
    if (nothing >= 0 && dup2(nothing, STDIN_FILENO) == STDIN_FILENO &&
        dup2(start->writer, STDOUT_FILENO) == STDOUT_FILENO)
        execv(start->command[0], start->command);
}

/* Starts the program with its standard output in a pipe. */
static int start(char *const command[], pid_t *pid, int *output)
{
    struct description_start start = {0};
    int ends[2];
    if (pipe2(ends, O_CLOEXEC))
        return errno;
    size_t count = 0;
    for (; command[count]; count++)
        start.command[count] = command[count];
    start.command[count] = "--describe";
    start.writer = ends[1];
    int failure = children_start(become_described, &start, pid);
    close(ends[1]);
    *output = ends[0];
    if (failure)
        close(ends[0]);
    return failure;
}

int describe(char *const command[], char **text, struct error *error)
{
    const struct patience patience = {clock_now() + LIMIT_S * NS_PER_SECOND,
                                      -1};
    pid_t pid;
    int output = -1;
    int failure = start(command, &pid, &output);
    if (failure)
        return error_set(error, "cannot be started: %s", strerror(failure));

    char *buffer = xmalloc(BYTES_MAX + 1);
    int failed = read_output(output, &patience, buffer, error) ||
                 await_end(pid, &patience, error);
    close(output);
    if (failed)
        kill(pid, SIGKILL);
    int status;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (failed || judge_end(status, error)) {
        free(buffer);
        return -1;
    }
    *text = buffer;
    return 0;
}
