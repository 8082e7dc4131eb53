/* supervise.c: the processes of one subject; see supervise.h. */
#include "harness/supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "harness/guard.h"
#include "harness/memory.h"

#define END_PATIENCE   (2 * NS_PER_SECOND) /* for a process that is ending */
#define LISTEN_BACKLOG 1024 /* all workers of a cell may connect at once */

/* Kills by the kernel for want of memory, of the machine or of any group. */
static uint64_t read_oom_kills(void)
{
    char line[128];
    unsigned long long kills = 0;
    FILE *file = fopen("/proc/vmstat", "re");
    if (!file)
        return 0;
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "oom_kill %llu", &kills) == 1)
            break;
    fclose(file);
    return kills;
}

bool supervision_out_of_memory(const struct supervision *supervision)
{
    return read_oom_kills() > supervision->oom_kills;
}

static int listen_abstract(struct supervision *supervision)
{
    uint64_t random;
    if (getrandom(&random, sizeof random, 0) != sizeof random)
        return -1;
    snprintf(supervision->address, sizeof supervision->address,
             "@cowlab.%d.%016llx", (int)getpid(), (unsigned long long)random);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(supervision->address);
    memcpy(address.sun_path, supervision->address, length);
    address.sun_path[0] = '\0';
    supervision->listener =
        socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (supervision->listener < 0 ||
        bind(supervision->listener, (struct sockaddr *)&address,
             (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)) < 0)
        return -1;
    return listen(supervision->listener, LISTEN_BACKLOG);
}

static int start_template(struct supervision *supervision,
                          char *const command[], struct error *error)
{
    pid_t pid = guard_start(command, supervision->address, error);
    if (pid < 0)
        return -1;
    supervision->template = (struct process){pid, pidfd_open(pid, 0)};
    return 0;
}

int supervision_open(struct supervision *supervision, char *const command[],
                     struct error *error)
{
    struct error ignored;
    *supervision = (struct supervision){.listener = -1};
    supervision->oom_kills = read_oom_kills();
    if (listen_abstract(supervision) < 0)
        error_set(error, "cannot open the subject's socket: %s",
                  strerror(errno));
    else if (start_template(supervision, command, error) == 0)
        return 0;
    supervision_close(supervision, &ignored);
    return -1;
}

bool supervision_has(const struct supervision *supervision, pid_t pid)
{
    return getsid(pid) == supervision->template.pid &&
           pid != supervision->template.pid;
}

int supervision_adopt(struct supervision *supervision, pid_t pid)
{
    struct process process = {pid, pidfd_open(pid, 0)};
    if (process.pidfd < 0 || !supervision_has(supervision, pid)) {
        if (process.pidfd >= 0)
            close(process.pidfd);
        return -1;
    }
    supervision->workers =
        xreallocarray(supervision->workers, supervision->worker_count + 1,
                      sizeof *supervision->workers);
    supervision->workers[supervision->worker_count++] = process;
    return 0;
}

/* Waits for a connection while every process of the subject lives. */
static enum answer await_connection(const struct supervision *supervision,
                                    const struct patience *patience)
{
    size_t count = supervision->worker_count + 3;
    struct pollfd *polled = xcalloc(count, sizeof *polled);
    polled[0].fd = supervision->listener;
    polled[1].fd = patience->interrupt;
    polled[2].fd = supervision->template.pidfd;
    for (size_t i = 3; i < count; i++)
        polled[i].fd = supervision->workers[i - 3].pidfd;
    for (size_t i = 0; i < count; i++)
        polled[i].events = POLLIN;
    int ready;
    do
        ready = poll(polled, count, patience_left_ms(patience));
    while (ready <= 0 && clock_now() < patience->deadline_ns);
    enum answer answer = ANSWER_CLOSED;
    if (ready <= 0)
        answer = ANSWER_STALLED;
    else if (polled[1].revents)
        answer = ANSWER_INTERRUPTED;
    else if (polled[0].revents)
        answer = ANSWER_OK;
    free(polled);
    return answer;
}

static enum answer read_hello(struct conversation *conversation,
                              struct hello *hello)
{
    struct message message;
    uint64_t version, pid, index = 0;
    enum answer answer = conversation_answer(conversation, "hello", &message);
    if (answer != ANSWER_OK)
        return answer;
    const char *role = message_value(&message, "role");
    hello->worker = role && !strcmp(role, "worker");
    if (message_number(&message, "cowlab", &version) < 0 || version != 1)
        answer = conversation_nonsense(conversation, "the greeting lacks",
                                       "cowlab=1");
    else if (!role || (!hello->worker && strcmp(role, "template")))
        answer = conversation_nonsense(conversation, "the greeting lacks",
                                       "role=template or role=worker");
    else if (message_number(&message, "pid", &pid) < 0 || pid > INT32_MAX)
        answer = conversation_nonsense(conversation, "the greeting lacks",
                                       "pid=PID");
    else if (hello->worker && (message_number(&message, "index", &index) < 0 ||
                               index > UINT16_MAX))
        answer = conversation_nonsense(conversation, "the greeting lacks",
                                       "index=INDEX");
    message_clear(&message);
    if (answer == ANSWER_OK) {
        hello->pid = (pid_t)pid;
        hello->index = (unsigned)index;
    }
    return answer;
}

enum answer supervision_meet(struct supervision *supervision,
                             const struct patience *patience,
                             struct conversation *conversation,
                             struct hello *hello)
{
    *hello = (struct hello){0};
    *conversation = (struct conversation){.descriptor = -1};
    enum answer answer = await_connection(supervision, patience);
    if (answer != ANSWER_OK)
        return answer;
    int connection = accept4(supervision->listener, NULL, NULL,
                             SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (connection < 0)
        return ANSWER_CLOSED;
    conversation_open(conversation, connection);
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
        return ANSWER_CLOSED;
    if (peer.uid != geteuid())
        return conversation_nonsense(conversation, "a stranger connected",
                                     "another user's process");
    conversation_expect(conversation);
    answer = conversation_wait(&conversation, 1, patience, NULL);
    if (answer == ANSWER_OK)
        answer = read_hello(conversation, hello);
    bool proxy = supervision->on_behalf && hello->worker &&
                 peer.pid == supervision->template.pid;
    if (answer == ANSWER_OK && hello->pid != peer.pid && !proxy) {
        char claim[64];
        snprintf(claim, sizeof claim, "pid=%d, but the peer is process %d",
                 (int)hello->pid, (int)peer.pid);
        return conversation_nonsense(conversation, "the greeting says", claim);
    }
    return answer;
}

void supervision_end_text(char text[80], bool signalled, int number)
{
    if (signalled)
        snprintf(text, 80, "was killed by signal %d (%s)", number,
                 strsignal(number));
    else
        snprintf(text, 80, "exited with status %d", number);
}

static bool await_end(const struct process *process,
                      const struct patience *patience)
{
    struct pollfd polled[2] = {
        {.fd = process->pidfd, .events = POLLIN},
        {.fd = patience->interrupt, .events = POLLIN},
    };
    do
        poll(polled, 2, patience_left_ms(patience));
    while (!polled[0].revents && !polled[1].revents &&
           clock_now() < patience->deadline_ns);
    return polled[0].revents != 0;
}

bool supervision_template_runs(const struct supervision *supervision)
{
    struct patience now = {.interrupt = -1};
    return !await_end(&supervision->template, &now);
}

bool supervision_all_run(const struct supervision *supervision)
{
    size_t count = supervision->worker_count;
    struct pollfd *polled = xcalloc(count + 1, sizeof *polled);
    for (size_t i = 0; i <= count; i++)
        polled[i] = (struct pollfd){
            .fd = i < count ? supervision->workers[i].pidfd
                            : supervision->template.pidfd,
            .events = POLLIN,
        };
    int ended = poll(polled, count + 1, 0);
    free(polled);
    return ended <= 0;
}

bool supervision_template_end(struct supervision *supervision, char text[80],
                              int *signal)
{
    struct patience patience = {.deadline_ns = clock_now() + END_PATIENCE,
                                .interrupt = -1};
    bool signalled;
    int number;
    if (!await_end(&supervision->template, &patience) ||
        !guard_ended(supervision->template.pid, &signalled, &number))
        return false;
    supervision_end_text(text, signalled, number);
    if (signal)
        *signal = signalled ? number : 0;
    return true;
}

bool supervision_worker_ended(const struct supervision *supervision,
                              size_t worker, const struct patience *patience)
{
    return await_end(&supervision->workers[worker], patience);
}

char *supervision_output(uint64_t *bytes)
{
    size_t length;
    char *text = guard_output(&length, bytes);
    if (!text)
        return NULL;
    text = xrealloc(text, length + 1);
    text[length] = '\0';
    for (size_t i = 0; i < length; i++)
        if ((text[i] < ' ' && text[i] != '\n' && text[i] != '\t') ||
            text[i] > '~')
            text[i] = '?';
    return text;
}

int supervision_close(struct supervision *supervision, struct error *error)
{
    for (size_t i = 0; i < supervision->worker_count; i++)
        close(supervision->workers[i].pidfd);
    free(supervision->workers);
    supervision->workers = NULL;
    supervision->worker_count = 0;
    if (supervision->template.pid && supervision->template.pidfd >= 0)
        close(supervision->template.pidfd);
    if (supervision->listener >= 0)
        close(supervision->listener);
    bool started = supervision->template.pid != 0;
    *supervision = (struct supervision){.listener = -1};
    return started ? guard_kill(error) : 0;
}
