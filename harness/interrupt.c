/* interrupt.c: signals that ask the supervisor to stop; see interrupt.h. */
#include "harness/interrupt.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

static sigset_t stop_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    return set;
}

int interrupt_open(struct error *error)
{
    sigset_t set = stop_signals();
    sigprocmask(SIG_BLOCK, &set, NULL);
    int descriptor = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (descriptor < 0)
        return error_set(error, "cannot watch for signals: %s",
                         strerror(errno));
    return descriptor;
}

void interrupt_close(int descriptor)
{
    struct signalfd_siginfo info;
    while (read(descriptor, &info, sizeof info) > 0)
        ;
    close(descriptor);
    sigset_t set = stop_signals();
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}
