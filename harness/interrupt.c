/* interrupt.c: signals that ask the supervisor to stop; see interrupt.h. */
#include "harness/interrupt.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static const int stop_signals[] = {SIGINT, SIGTERM, SIGHUP};
enum { SIGNALS = sizeof stop_signals / sizeof *stop_signals };

static struct sigaction before[SIGNALS];
static volatile sig_atomic_t came;
static int event;
static const char *first_line;

/* On a terminal the line of progress, and its echo of the key, stay above. */
static void say(const char *line)
{
    if ((isatty(STDERR_FILENO) && write(STDERR_FILENO, "\n", 1) < 0) ||
        write(STDERR_FILENO, line, strlen(line)) < 0)
        return; /* nobody is there to hear it */
}

static void take(int signal)
{
    const uint64_t one = 1;
    int cause = errno;
    bool first = signal == SIGINT && first_line && !came;
    came = 1;
    if (first)
        say(first_line);
    else if (write(event, &one, sizeof one) < 0)
        _exit(EXIT_INTERRUPTED); /* cannot be: a counter takes 2^64 - 2 */
    errno = cause;
}

int interrupt_open(const char *first, struct error *error)
{
    struct sigaction action = {.sa_handler = take, .sa_flags = SA_RESTART};
    event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (event < 0)
        return error_set(error, "cannot watch for signals: %s%s",
                         strerror(errno),
                         errno == EMFILE ? "; raise `ulimit -n`" : "");
    first_line = first;
    came = 0;
    for (size_t i = 0; i < SIGNALS; i++)
        sigaddset(&action.sa_mask, stop_signals[i]);
    for (size_t i = 0; i < SIGNALS; i++) {
        sigaction(stop_signals[i], &action, &before[i]);
        if (stop_signals[i] == SIGHUP && before[i].sa_handler == SIG_IGN)
            sigaction(SIGHUP, &before[i], NULL);
    }
    return event;
}

bool interrupt_came(void)
{
    return came;
}

void interrupt_close(int descriptor)
{
    for (size_t i = 0; i < SIGNALS; i++)
        sigaction(stop_signals[i], &before[i], NULL);
    close(descriptor);
}
