/* watch.c: the verb `cowlab watch`: a running server's pages, live. */
#include "harness/watch.h"

#include <argp.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "harness/clock.h"
#include "harness/duration.h"
#include "harness/error.h"
#include "harness/interrupt.h"
#include "harness/verb.h"

/* Of this length at most are the waits for processes that have no pidfd. */
#define WITHOUT_PIDFD_NS (NS_PER_SECOND / 5)

struct request {
    pid_t pid;
    uint64_t interval_ns;
    uint64_t for_ns;  /* 0: until the server ends */
    uint64_t samples; /* 0: no limit */
    double duty;      /* part of the time, not percent */
    bool json;
};

enum ending {
    GOING_ON,
    SERVER_ENDED,
    TIME_IS_UP,
    INTERRUPTED,
    READER_GONE,
    FAILED,
};

/* A watch under way. */
struct watch {
    const struct request *request;
    struct group group;
    struct watch_pace pace;
    int interrupt, pidfd;
    uint64_t begun_ns;
    bool terminal;
};

static const struct argp_option options[] = {
    {"interval", 'i', "TIME", 0,
     "between two looks, such as 500ms (default: 1s); longer where looking "
     "would take more than its part of the time",
     0},
    {"for", 'f', "TIME", 0, "end after this time", 0},
    {"samples", 's', "N", 0, "end after so many looks", 0},
    {"duty", 'd', "PERCENT", 0,
     "of the time that looking may take (default: 1)", 0},
    {"json", 'j', NULL, 0,
     "print each look as a line of JSON (results/schema/watch.json)", 0},
    {0},
};

static uint64_t duration_of(const char *argument, const char *option,
                            struct argp_state *state)
{
    uint64_t ns = 0;
    if (duration_parse(argument, &ns))
        argp_error(state,
                   "--%s: '%s' is no length of time: say 500ms, 10s or 5min",
                   option, argument);
    return ns;
}

static uint64_t number_of(const char *argument, uint64_t highest,
                          const char *what, struct argp_state *state)
{
    char *end;
    errno = 0;
    unsigned long long number = strtoull(argument, &end, 10);
    if (errno || *argument < '0' || *argument > '9' || *end || number < 1 ||
        number > highest)
        argp_error(state, "%s: '%s' is not a number from 1 to %llu", what,
                   argument, (unsigned long long)highest);
    return number;
}

static double part_of(const char *argument, struct argp_state *state)
{
    char *end;
    double percent = strtod(argument, &end);
    if (end == argument || (*end && strcmp(end, "%")) ||
        !(percent >= 0.01 && percent <= 100))
        argp_error(state, "--duty: '%s' is not from 0.01 to 100 percent",
                   argument);
    return percent / 100;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct request *request = state->input;
    switch (key) {
    case 'i':
        request->interval_ns = duration_of(argument, "interval", state);
        return 0;
    case 'f':
        request->for_ns = duration_of(argument, "for", state);
        return 0;
    case 's':
        request->samples = number_of(argument, UINT32_MAX, "--samples", state);
        return 0;
    case 'd':
        request->duty = part_of(argument, state);
        return 0;
    case 'j':
        request->json = true;
        return 0;
    case ARGP_KEY_ARG:
        if (request->pid)
            argp_error(state, "one process, please: %d or '%s'",
                       (int)request->pid, argument);
        request->pid = (pid_t)number_of(argument, INT32_MAX, "PID", state);
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "which process? Give its pid");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "PID",
    .doc =
        "Watch a running server: the process and all that descend from it, as "
        "they come and go, with what each still shares of the pages that it "
        "inherited from the process that forked it, what it has broken, and "
        "how fast.  Needs no rights but those to read one's own processes."
        "\vWhat a worker inherited is taken to be what its parent had when the "
        "worker was first seen.  Of workers that are older than the watch (~) "
        "only pages that both have count.  A worker whose parent leaves goes "
        "on being watched; one whose parent had left before the watch saw it "
        "is another's child (init's, mostly) and is not found.  Looking takes "
        "1 percent of the time "
        "at most: the interval is stretched where it would take more.\n\n"
        "Ends when the server does, after the time or the number of looks "
        "given, or on Ctrl-C: with status 4 if a limit had been given.\n\n"
        "Example: cowlab watch $$ --samples 2",
};

static unsigned terminal_size(bool rows)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
        return 0;
    return rows ? size.ws_row : size.ws_col;
}

static void show(struct watch *watch)
{
    if (watch->request->json) {
        json_t *json = watch_json(&watch->group, &watch->pace);
        json_dumpf(json, stdout, JSON_COMPACT);
        putchar('\n');
        json_decref(json);
    } else if (watch->terminal) {
        fputs("\033[H\033[2J", stdout);
        watch_table(&watch->group, &watch->pace, stdout, terminal_size(true),
                    terminal_size(false));
    } else {
        if (watch->group.looks > 1)
            putchar('\n');
        watch_table(&watch->group, &watch->pace, stdout, 0, 0);
    }
}

/* A reader that has left is no failure, but nobody is left to write for. */
static enum ending flush(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return GOING_ON;
    if (errno != EPIPE)
        return FAILED; /* said when the output is closed */
    __fpurge(stdout);
    clearerr(stdout);
    return READER_GONE;
}

/* The duty rule: from the beginning of a look to the next at least its cost
 * over the part of time that looking may take. */
static void set_pace(struct watch *watch)
{
    const struct group *group = &watch->group;
    struct watch_pace *pace = &watch->pace;
    uint64_t since = group->time_ns - group->begun_ns;
    uint64_t stretched = (uint64_t)((double)group->cost_ns / pace->limit);
    pace->duty = since > 0 ? (double)(group->total_cost_ns - group->cost_ns) /
                                 (double)since
                           : -1;
    pace->next_ns =
        stretched > pace->interval_ns ? stretched : pace->interval_ns;
}

/* Waits until the time, or whatever ends the watch, which may be there
 * already. */
static enum ending wait_until(const struct watch *watch, uint64_t until_ns)
{
    struct pollfd polled[] = {
        {.fd = watch->interrupt, .events = POLLIN},
        {.fd = watch->pidfd, .events = POLLIN},
        {.fd = STDOUT_FILENO}, /* a closed pipe is told unasked */
    };
    for (;;) {
        struct patience patience = {.deadline_ns = until_ns};
        int left = patience_left_ms(&patience);
        if (watch->pidfd < 0 && kill(watch->request->pid, 0) < 0 &&
            errno == ESRCH)
            return SERVER_ENDED;
        if (watch->pidfd < 0 && left > (int)(WITHOUT_PIDFD_NS / NS_PER_MS))
            left = WITHOUT_PIDFD_NS / NS_PER_MS;
        if (poll(polled, 3, left) <= 0) {
            if (left == 0)
                return GOING_ON;
            continue;
        }
        if (polled[0].revents)
            return INTERRUPTED;
        if (polled[1].revents)
            return SERVER_ENDED;
        if (polled[2].revents & (POLLERR | POLLHUP))
            return READER_GONE;
    }
}

static enum ending look(struct watch *watch, int *failure)
{
    const struct request *request = watch->request;
    *failure = group_look(&watch->group);
    if (*failure == -ESRCH)
        return SERVER_ENDED;
    if (*failure)
        return FAILED;
    set_pace(watch);
    show(watch);
    enum ending ending = flush();
    if (ending == GOING_ON && request->samples &&
        watch->group.looks >= request->samples)
        return TIME_IS_UP;
    return ending;
}

static enum ending go(struct watch *watch, int *failure)
{
    uint64_t end_ns = watch->request->for_ns
                          ? watch->begun_ns + watch->request->for_ns
                          : UINT64_MAX;
    for (;;) {
        enum ending ending = look(watch, failure);
        if (ending != GOING_ON)
            return ending;
        uint64_t next_ns = watch->group.time_ns + watch->pace.next_ns;
        ending = wait_until(watch, next_ns < end_ns ? next_ns : end_ns);
        if (ending != GOING_ON)
            return ending;
        if (next_ns >= end_ns)
            return TIME_IS_UP;
    }
}

static enum exit_status say_failure(const struct watch *watch, int failure)
{
    int pid = (int)watch->request->pid;
    if (failure == -EACCES || failure == -EPERM)
        fprintf(stderr,
                "cowlab: process %d may not be read: %s; run as its user or as "
                "root\n",
                pid, strerror(-failure));
    else
        fprintf(stderr, "cowlab: process %d cannot be read: %s\n", pid,
                strerror(-failure));
    return EXIT_ENVIRONMENT;
}

static enum exit_status conclude(const struct watch *watch, enum ending ending,
                                 int failure)
{
    const struct request *request = watch->request;
    if (failure && ending == FAILED)
        return say_failure(watch, failure);
    if (ending == SERVER_ENDED && watch->group.looks <= 1 && failure) {
        fprintf(stderr, "cowlab: there is no process %d\n", (int)request->pid);
        return EXIT_ENVIRONMENT;
    }
    if (ending == SERVER_ENDED)
        fprintf(stderr, "cowlab: the server (pid %d) has ended\n",
                (int)request->pid);
    if (ending == INTERRUPTED && (request->for_ns || request->samples))
        return EXIT_INTERRUPTED;
    return ending == FAILED ? EXIT_ENVIRONMENT : EXIT_OK;
}

static bool can_redraw(void)
{
    const char *kind = getenv("TERM");
    return isatty(STDOUT_FILENO) && kind && strcmp(kind, "dumb");
}

static int run(int argc, char **argv)
{
    struct request request = {.interval_ns = NS_PER_SECOND, .duty = 0.01};
    struct error error;
    int failure = 0;
    if (argp_parse(&argp, argc, argv, 0, NULL, &request))
        return EXIT_USAGE;
    struct watch watch = {
        .request = &request,
        .pace = {.interval_ns = request.interval_ns, .limit = request.duty},
        .interrupt = interrupt_open(NULL, &error),
        .pidfd = pidfd_open(request.pid, 0),
        .begun_ns = clock_now(),
        .terminal = !request.json && can_redraw(),
    };
    if (watch.interrupt < 0) {
        fprintf(stderr, "cowlab: %s\n", error.text);
        return EXIT_ENVIRONMENT;
    }
    signal(SIGPIPE, SIG_IGN); /* see flush */
    group_open(&watch.group, request.pid);
    enum ending ending = go(&watch, &failure);
    enum exit_status status = conclude(&watch, ending, failure);
    group_close(&watch.group);
    interrupt_close(watch.interrupt);
    if (watch.pidfd >= 0)
        close(watch.pidfd);
    return status;
}

const struct verb verb_watch = {
    .name = "watch",
    .summary = "a running server's processes and what they share, live",
    .run = run,
};
