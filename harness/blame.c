/* blame.c: the verb `cowlab blame`. */
#include "harness/blame.h"

#include <argp.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness/clock.h"
#include "harness/duration.h"
#include "harness/interrupt.h"
#include "harness/verb.h"
#include "smaps/text.h"

/* How often the rings are looked at, when they are not half full earlier. */
enum { DRAIN_MS = 20 };

struct request {
    pid_t pid;
    uint64_t for_ns; /* 0: until something else ends it */
    bool json;
};

static void read_pid(struct request *request, const char *word,
                     struct argp_state *state)
{
    char *end;
    errno = 0;
    long pid = strtol(word, &end, 10);
    if (request->pid)
        argp_error(state, "give one process");
    if (errno || *end || end == word || pid < 1 || pid != (pid_t)pid)
        argp_error(state, "'%s' is no process ID", word);
    request->pid = (pid_t)pid;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct request *request = state->input;
    switch (key) {
    case 'f':
        if (duration_parse(argument, &request->for_ns))
            argp_error(state,
                       "--for: '%s' is no length of time: say 500ms, 10s or "
                       "5min",
                       argument);
        return 0;
    case 'j':
        request->json = true;
        return 0;
    case ARGP_KEY_ARG:
        read_pid(request, argument, state);
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "give the ID of the server's first process");
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"for", 'f', "TIME", 0,
     "How long to watch, as 10s or 500ms (default: until Ctrl-C, or until the "
     "server ends)",
     0},
    {"json", 'j', NULL, 0,
     "The report as one JSON object, with all rows (results/schema/blame.json)",
     0},
    {0},
};

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "PID",
    .doc =
        "Watches a running server, the process PID and all that it forked, "
        "and reports which functions broke the pages that its processes "
        "shared, in which mappings those pages lie, and in which phases they "
        "broke, as far as the functions of CPython, Ruby and allocators tell."
        "\v"
        "Each minor page fault is seen through perf_event_open and checked "
        "in /proc/PID/pagemap; a page is blamed on whoever wrote it first.  "
        "The server goes on meanwhile, at a few microseconds more for each "
        "fault.  A worker whose parent had left before the watching began "
        "is another's child (init's, mostly) and is not found.  Processes "
        "of one's own need no rights, others those of "
        "their user or root's.  Where the kernel tells of no faults, the pages "
        "that became private are counted all the same, of each process and "
        "mapping.\n"
        "\n"
        "Example: cowlab blame 4711 --for 10s",
};

static int fail(const struct error *error, int status)
{
    fprintf(stderr, "cowlab: %s\n", error->text);
    return status;
}

/* Whether there is such a process with memory to watch; descriptor or -1. */
static int open_process(pid_t pid, struct error *error)
{
    char *text;
    int result = text_read_process(pid, "maps", &text, NULL);
    int descriptor = (int)syscall(SYS_pidfd_open, pid, 0);
    if (result == 0)
        free(text);
    if (descriptor < 0 && errno == ESRCH)
        return error_set(error, "there is no process %d", (int)pid);
    if (descriptor < 0)
        return error_set(error, "process %d: pidfd_open: %s", (int)pid,
                         strerror(errno));
    if (result == -ESRCH) /* no mappings */
        error_set(error,
                  "process %d has no memory of its own: it is a thread of the "
                  "kernel, or has ended",
                  (int)pid);
    else if (result)
        error_set(error, "process %d: %s%s", (int)pid, strerror(-result),
                  account_remedy(-result));
    if (result == 0)
        return descriptor;
    close(descriptor);
    return -1;
}

/* Takes faults until the time is over, a signal comes or the server ends. */
static enum blame_end watch(struct account *account, uint64_t for_ns,
                            int interrupt, int process)
{
    struct pollfd polled[] = {
        {.fd = interrupt, .events = POLLIN},
        {.fd = process, .events = POLLIN},
        {.fd = fault_trace_descriptor(account->trace), .events = POLLIN},
    };
    uint64_t deadline = account->start_ns + for_ns;
    for (;;) {
        uint64_t now = clock_now();
        if (for_ns > 0 && now >= deadline)
            return BLAME_TIME;
        uint64_t left_ms =
            for_ns > 0 ? (deadline - now) / NS_PER_MS + 1 : DRAIN_MS;
        poll(polled, 3, left_ms < DRAIN_MS ? (int)left_ms : DRAIN_MS);
        account_take(account);
        if (polled[0].revents)
            return BLAME_INTERRUPTED;
        if (polled[1].revents)
            return BLAME_SERVER_ENDED;
    }
}

static int report(const struct account *account, enum blame_end end, bool json)
{
    struct blame blame;
    blame_make(&blame, account, end);
    if (json)
        blame_print_json(&blame, stdout);
    else
        blame_print(&blame, stdout);
    blame_clear(&blame);
    return EXIT_OK;
}

static int observe(const struct request *request, int interrupt, int process,
                   struct error *error)
{
    struct account account;
    int status = EXIT_ENVIRONMENT;
    if (account_open(&account, request->pid, error) == 0) {
        if (account.untraced[0])
            fprintf(stderr,
                    "page faults cannot be watched: %s; going on with the "
                    "pagemaps alone, without who wrote\n",
                    account.untraced);
        fprintf(stderr, "watching process %d and %zu forked by it%s\n",
                (int)request->pid, account.process_count - 1,
                request->for_ns ? "" : "; Ctrl-C ends it");
        enum blame_end end =
            watch(&account, request->for_ns, interrupt, process);
        if (account_finish(&account, error) == 0)
            status = report(&account, end, request->json);
    }
    account_close(&account);
    return status;
}

static int run(int argc, char **argv)
{
    struct request request = {0};
    struct error error;
    if (argp_parse(&argp, argc, argv, 0, NULL, &request))
        return EXIT_USAGE;
    int process = open_process(request.pid, &error);
    if (process < 0)
        return fail(&error, EXIT_ENVIRONMENT);
    int interrupt = interrupt_open(NULL, &error);
    int status = interrupt < 0 ? EXIT_ENVIRONMENT
                               : observe(&request, interrupt, process, &error);
    if (status != EXIT_OK)
        fail(&error, status);
    if (interrupt >= 0)
        interrupt_close(interrupt);
    close(process);
    return status;
}

const struct verb verb_blame = {
    .name = "blame",
    .summary =
        "who breaks pages in a running server: functions, phases, mappings",
    .run = run,
};
