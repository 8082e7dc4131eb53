/* gnuplot.c: see gnuplot.h. */
#include "harness/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

void gnuplot_assign(FILE *commands, const char *name, const char *text)
{
    fprintf(commands, "%s = '", name);
    for (const char *c = text; *c; c++) {
        if (*c == '\'')
            fputc('\'', commands);
        fputc(*c, commands);
    }
    fputs("'; ", commands);
}

/* Runs gnuplot with its stdout on our stderr: stdout is for the paths. */
static int spawn(const char *commands, const char *script, int *status)
{
    char *const argv[] = {(char *)"gnuplot", (char *)"-e", (char *)commands,
                          (char *)script, NULL};
    posix_spawn_file_actions_t actions;
    pid_t pid;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null",
                                     O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    int fault = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (fault)
        return fault;
    while (waitpid(pid, status, 0) < 0)
        if (errno != EINTR)
            return errno;
    return 0;
}

enum exit_status gnuplot_run(const char *commands, const char *script,
                             const char *what, const char *data,
                             struct error *error)
{
    int status = 0;
    int fault = spawn(commands, script, &status);
    if (fault == ENOENT) {
        error_set(error,
                  "gnuplot is not installed (Debian package gnuplot-nox)%s%s",
                  data ? "; the data are in " : "", data ? data : "");
        return EXIT_ENVIRONMENT;
    }
    if (fault) {
        error_set(error, "gnuplot could not be started: %s", strerror(fault));
        return EXIT_ENVIRONMENT;
    }
    if (status) {
        error_set(error,
                  "%s: gnuplot could not draw it (wait status %d); what it "
                  "said stands above",
                  what, status);
        return EXIT_INTERNAL;
    }
    return EXIT_OK;
}
