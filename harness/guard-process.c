/* guard-process.c: the guard itself; see guard.h. */
#include "harness/guard-process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/swap.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/children.h"
#include "harness/clock.h"

#define KEPT_MOST       16
#define WORDS_MOST      64 /* of a command */
#define REMOVE_PATIENCE (5 * NS_PER_SECOND)
#define REMOVE_PAUSE_US 2000

/* What must not stay behind. */
struct kept {
    enum guard_word word; /* GUARD_CGROUP, GUARD_SWAP */
    char path[PATH_MAX];
};

static struct kept kept[KEPT_MOST];
static size_t kept_count;

static struct output output = {.reader = -1}; /* of the subject */

static int keep(enum guard_word word, const char *path)
{
    if (kept_count == KEPT_MOST)
        return ENOSPC;
    if (strlen(path) >= sizeof kept->path)
        return ENAMETOOLONG;
    kept[kept_count].word = word;
    strcpy(kept[kept_count++].path, path);
    return 0;
}

static int forget(const char *path)
{
    size_t i = 0;
    while (i < kept_count && strcmp(kept[i].path, path))
        i++;
    if (i == kept_count)
        return ENOENT;
    memmove(&kept[i], &kept[i + 1], (--kept_count - i) * sizeof *kept);
    return 0;
}

/* A group whose last process was reaped just now may be busy for a moment. */
static void remove_cgroup(const char *directory)
{
    uint64_t deadline = clock_now() + REMOVE_PATIENCE;
    while (rmdir(directory) < 0 && errno == EBUSY && clock_now() < deadline)
        usleep(REMOVE_PAUSE_US);
}

static void clean(void)
{
    children_end();
    for (size_t i = kept_count; i-- > 0;) {
        if (kept[i].word == GUARD_CGROUP) {
            remove_cgroup(kept[i].path);
        } else {
            swapoff(kept[i].path);
            unlink(kept[i].path);
        }
    }
}

/* "0" is whoever writes it. */
static int enter_cgroups(void)
{
    char path[PATH_MAX + 16];
    for (size_t i = 0; i < kept_count; i++) {
        if (kept[i].word != GUARD_CGROUP)
            continue;
        snprintf(path, sizeof path, "%s/cgroup.procs", kept[i].path);
        int file = open(path, O_WRONLY | O_CLOEXEC);
        if (file < 0 || write(file, "0", 1) != 1)
            return -1;
        close(file);
    }
    return 0;
}

/* What is started. */
struct subject_start {
    const char *address;
    char *command[WORDS_MOST + 1];
    int writer; /* of the output */
};

/* Standard input is /dev/null already. */
static void become_subject(void *argument)
{
    struct subject_start *subject = argument;
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid();
    /* Its workers wake when a request is due, not up to 50 us later. */
    prctl(PR_SET_TIMERSLACK, 1);
    setenv("COWLAB_SOCKET", subject->address, 1);
    if (enter_cgroups() == 0 && dup2(subject->writer, 1) == 1 &&
        dup2(subject->writer, 2) == 2)
        execvp(subject->command[0], subject->command);
}

static int start(struct guard_question *question, pid_t *pid)
{
    struct subject_start subject = {.address = question->text};
    char *end = question->text + strlen(question->text) + 1;
    for (size_t i = 0; end < question->text + question->length; i++) {
        if (i == WORDS_MOST)
            return E2BIG;
        subject.command[i] = end;
        end += strlen(end) + 1;
    }
    int cause = output_open(&output, &subject.writer);
    if (cause)
        return cause;
    cause = children_start(become_subject, &subject, pid);
    close(subject.writer);
    return cause;
}

/* WNOWAIT: the pid stays taken. */
static int look_at(pid_t pid, struct guard_answer *answer)
{
    siginfo_t end = {0};
    if (waitid(P_PID, (id_t)pid, &end, WEXITED | WNOHANG | WNOWAIT) < 0)
        return errno;
    answer->pid = end.si_pid;
    answer->signalled = end.si_code != CLD_EXITED;
    answer->number = end.si_status;
    return 0;
}

static void tell_output(struct guard_answer *answer)
{
    output_take(&output);
    answer->bytes = output.bytes;
    answer->length = output.length;
    memcpy(answer->text, output.tail, output.length);
}

static void answer_to(struct guard_question *question,
                      struct guard_answer *answer)
{
    switch (question->word) {
    case GUARD_START:
        answer->cause = start(question, &answer->pid);
        break;
    case GUARD_ENDED:
        answer->cause = look_at(question->pid, answer);
        break;
    case GUARD_OUTPUT:
        tell_output(answer);
        break;
    case GUARD_KILL:
        answer->cause = children_end() < 0 ? ETIMEDOUT : 0;
        break;
    case GUARD_HOLD:
        break; /* it is left open */
    case GUARD_CGROUP:
    case GUARD_SWAP:
        answer->cause = keep(question->word, question->text);
        break;
    case GUARD_FORGET:
        answer->cause = forget(question->text);
        break;
    }
}

/* The next question, and the descriptor that came with it or -1.  False at the
 * end of the socket. */
static bool receive(int socket, struct guard_question *question,
                    int *descriptor)
{
    struct iovec part = {question, sizeof *question};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    if (TEMP_FAILURE_RETRY(recvmsg(socket, &message, MSG_CMSG_CLOEXEC)) <= 0)
        return false;
    *descriptor = -1;
    if (message.msg_controllen >= sizeof control.header)
        memcpy(descriptor, CMSG_DATA(&control.header), sizeof *descriptor);
    return true;
}

/* Nobody waits for the end of a pipe because we hold it, and no signal that is
 * meant for the supervisor reaches us. */
static int retire(int socket)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    setsid();
    prctl(PR_SET_NAME, "cow guard");
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    if (socket != 3)
        dup3(socket, 3, O_CLOEXEC);
    int nothing = open("/dev/null", O_RDWR);
    for (int i = 0; i < 3; i++)
        dup2(nothing, i);
    close_range(4, ~0u, 0);
    return 3;
}

/* Takes what the subject writes until there is a question, or the supervisor
 * has died: another process that it forked may still hold its end of the
 * socket. */
static bool await_question(int socket, int supervisor)
{
    struct pollfd polled[3] = {{.fd = socket, .events = POLLIN},
                               {.fd = supervisor, .events = POLLIN},
                               {.events = POLLIN}};
    do {
        polled[2].fd = output.reader;
        poll(polled, 3, -1);
        if (polled[2].revents)
            output_take(&output);
    } while (!polled[0].revents && !polled[1].revents);
    return !polled[1].revents;
}

_Noreturn void guard_process(int socket, pid_t parent)
{
    static struct guard_question question;
    int descriptor;
    socket = retire(socket);
    int supervisor = pidfd_open(parent, 0); /* -1: the socket alone tells */
    while (getppid() == parent && await_question(socket, supervisor)) {
        struct guard_answer answer = {0};
        if (!receive(socket, &question, &descriptor))
            break;
        answer_to(&question, &answer);
        if (descriptor >= 0 && question.word != GUARD_HOLD)
            close(descriptor);
        size_t size = offsetof(struct guard_answer, text) + answer.length;
        if (send(socket, &answer, size, MSG_NOSIGNAL) < 0)
            break;
    }
    clean();
    _exit(0);
}
