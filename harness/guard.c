/* guard.c: what the supervisor asks of its guard; see guard.h. */
#include "harness/guard.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/children.h"
#include "harness/guard-process.h"
#include "harness/memory.h"

static int guard = -1; /* our end of the socket */
static pid_t guard_pid;

int guard_open(struct error *error)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return error_set(error, "cannot open a socket: %s", strerror(errno));
    pid_t supervisor = getpid(), pid = fork();
    if (pid == 0)
        guard_process(ends[1], supervisor);
    int cause = errno;
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return error_set(error, "cannot fork: %s", strerror(cause));
    }
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    guard = ends[0];
    guard_pid = pid;
    return 0;
}

void guard_close(void)
{
    close(guard);
    guard = -1;
    waitpid(guard_pid, NULL, 0);
}

/* Sends the question, with a descriptor if it is not negative, and waits for
 * the answer.  Returns its cause; EPIPE for a guard that is gone. */
static int ask(const struct guard_question *question, int descriptor,
               struct guard_answer *answer)
{
    const size_t least = offsetof(struct guard_answer, text);
    size_t size = offsetof(struct guard_question, text) + question->length;
    struct iovec part = {(void *)question, size};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (descriptor >= 0) {
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
        control.header = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)),
                                          .cmsg_level = SOL_SOCKET,
                                          .cmsg_type = SCM_RIGHTS};
        memcpy(CMSG_DATA(&control.header), &descriptor, sizeof descriptor);
    }
    *answer = (struct guard_answer){.cause = EPIPE};
    if (TEMP_FAILURE_RETRY(sendmsg(guard, &message, MSG_NOSIGNAL)) < 0 ||
        TEMP_FAILURE_RETRY(recv(guard, answer, sizeof *answer, 0)) <
            (ssize_t)least)
        return EPIPE;
    return answer->cause;
}

static const char *cause_text(int cause)
{
    return cause == EPIPE ? "the guard of this run (a child of cowlab) was "
                            "killed; run again"
                          : strerror(cause);
}

/* Adds a string; false when there is no room. */
static bool add(struct guard_question *question, const char *text)
{
    size_t size = strlen(text) + 1;
    if (question->length + size > sizeof question->text)
        return false;
    memcpy(question->text + question->length, text, size);
    question->length += size;
    return true;
}

pid_t guard_start(char *const command[], const char *address,
                  struct error *error)
{
    struct guard_question question = {.word = GUARD_START};
    struct guard_answer answer;
    bool fits = add(&question, address);
    for (size_t i = 0; command[i] && fits; i++)
        fits = add(&question, command[i]);
    int cause = fits ? ask(&question, -1, &answer) : E2BIG;
    return cause ? error_set(error, "cannot start %s: %s", command[0],
                             cause_text(cause))
                 : answer.pid;
}

char *guard_output(size_t *length, uint64_t *bytes)
{
    struct guard_question question = {.word = GUARD_OUTPUT};
    struct guard_answer answer;
    *length = *bytes = 0;
    if (ask(&question, -1, &answer) || !answer.bytes)
        return NULL;
    *bytes = answer.bytes;
    *length = answer.length;
    char *text = xmalloc(answer.length);
    memcpy(text, answer.text, answer.length);
    return text;
}

bool guard_ended(pid_t pid, bool *signalled, int *number)
{
    struct guard_question question = {.word = GUARD_ENDED, .pid = pid};
    struct guard_answer answer;
    int cause = ask(&question, -1, &answer);
    *signalled = answer.signalled;
    *number = answer.number;
    return !cause && answer.pid == pid;
}

int guard_kill(struct error *error)
{
    struct guard_question question = {.word = GUARD_KILL};
    struct guard_answer answer;
    int cause = ask(&question, -1, &answer);
    if (cause == EPIPE) {
        children_end();
        return error_set(error, "%s", cause_text(cause));
    }
    return cause ? error_set(error, "a process of the subject cannot be "
                                    "killed: look for it with ps, then run "
                                    "again")
                 : 0;
}

int guard_hold(int descriptor, struct error *error)
{
    struct guard_question question = {.word = GUARD_HOLD};
    struct guard_answer answer;
    int cause = ask(&question, descriptor, &answer);
    return cause ? error_set(error, "cannot have the lock guarded: %s",
                             cause_text(cause))
                 : 0;
}

/* Tells the guard of a directory or file. */
static int tell(enum guard_word word, const char *path, struct error *error)
{
    struct guard_question question = {.word = word};
    struct guard_answer answer;
    int cause =
        add(&question, path) ? ask(&question, -1, &answer) : ENAMETOOLONG;
    return cause ? error_set(error, "cannot have %s guarded: %s", path,
                             cause_text(cause))
                 : 0;
}

int guard_cgroup(const char *directory, struct error *error)
{
    return tell(GUARD_CGROUP, directory, error);
}

int guard_swap(const char *path, struct error *error)
{
    return tell(GUARD_SWAP, path, error);
}

int guard_forget(const char *path, struct error *error)
{
    return tell(GUARD_FORGET, path, error);
}
