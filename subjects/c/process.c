/* process.c: see process.h; the messages are those of subjects/PROTOCOL.md. */
#include "subjects/c/process.h"

#include "collectors/collector.h"
#include "heap/phase-writes.h"
#include "subjects/c/contents.h"
#include "subjects/c/describe-address.h"
#include "subjects/c/layout.h"
#include "subjects/c/message.h"
#include "subjects/c/schedule.h"
#include "subjects/c/serve.h"
#include "subjects/c/writes.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORDS_MOST   4097u /* `describe` and its addresses */
#define WORKERS_MOST 4096u

static struct server server;
static char *request_words[WORDS_MOST]; /* of the one at hand */

static void add_number(const char *name, uint64_t value, void *context)
{
    (void)context;
    message_add(" %s=%" PRIu64, name, value);
}

static void add_region(const struct region *region, void *context)
{
    (void)context;
    message_add(" %s=%s:%" PRIxPTR "-%" PRIxPTR, region->name,
                region_is_side(region) ? "side" : "objects",
                (uintptr_t)region->start,
                (uintptr_t)region->start + region->reserved);
}

/* Adds the collections since the last answer, and empties the log. */
static void add_collections(void)
{
    for (size_t i = 0; i < collection_log.count; i++) {
        const struct collection *entry = &collection_log.entries[i];
        message_add("%s%s:%" PRIu64 ":%" PRIu64 ":%s",
                    i == 0 ? " collections=" : ",",
                    entry->kind == COLLECTION_FULL ? "full" : "minor",
                    entry->start_ns, entry->duration_ns,
                    entry->why == COLLECTION_ASKED ? "asked" : "threshold");
    }
    if (collection_log.more > 0) {
        message_add(" collections_more=%zu", collection_log.more);
    }
    collection_log.count = collection_log.more = 0;
}

static void answer_stats(void)
{
    message_add("stats");
    collector.counters(add_number, NULL);
    message_send();
}

/* The phases since the last answer; from the first question on they are logged.
 */
static void answer_phases(void)
{
    if (!phase_log_begin()) {
        message_error("phases: no memory for a log");
        return;
    }
    message_add("phases");
    for (size_t i = 0; i < phase_log.count; i++) {
        const struct phase_entry *entry = &phase_log.entries[i];
        message_add(" %s=%" PRIu64, phase_word(entry->phase), entry->start_ns);
    }
    if (phase_log.more > 0) {
        message_add(" more=%" PRIu64, phase_log.more);
    }
    phase_log.count = phase_log.more = 0;
    message_send();
}

/* An index of the heap, kept from one `describe` to the next: whoever asks asks
 * often.  Any other command may change the heap. */
static struct extents described;

/* What is kept for a request that goes on is outdated by any other. */
static void forget_answers(const char *word)
{
    if (described.items != NULL && strcmp(word, "describe") != 0) {
        extents_close(&described);
    }
    if (strcmp(word, "contents") != 0) {
        contents_forget();
    }
}

static void answer_describe(char **words, unsigned count)
{
    static uintptr_t addresses[WORDS_MOST];
    for (unsigned i = 1; i < count; i++) {
        char *end;
        addresses[i] = strtoull(words[i], &end, 16);
        if (*end != '\0') {
            message_error("describe: '%.40s' is no address", words[i]);
            return;
        }
    }
    if (described.items == NULL) {
        extents_open(&described);
    }
    message_add("described");
    for (unsigned i = 1; i < count; i++) {
        struct address_description place =
            describe_address(&described, addresses[i]);
        message_add(" %s:%s:", place.kind, place.placement);
        if (place.object_kind < 0) {
            message_add("-");
        } else {
            message_add("%d", place.object_kind);
        }
    }
    message_send();
}

static void answer_collect(char **words, unsigned count)
{
    if (count != 2 ||
        (strcmp(words[1], "full") != 0 && strcmp(words[1], "minor") != 0)) {
        message_error("collect: expected full or minor");
        return;
    }
    uint64_t start = clock_now();
    collector.collect(words[1][0] == 'f' ? COLLECTION_FULL : COLLECTION_MINOR,
                      COLLECTION_ASKED);
    message_add("collected ns=%" PRIu64, clock_now() - start);
    add_collections();
    message_send();
}

static void add_times(const char *name, const uint64_t *ns, uint64_t requests)
{
    message_add(" %s=%" PRIu64, name, ns[0]);
    for (uint64_t i = 1; i < requests; i++) {
        message_add(",%" PRIu64, ns[i]);
    }
}

static void answer_serve(char **words, unsigned count)
{
    static struct serve_times times;
    uint64_t first;
    uint64_t requests;
    if (count < 3 || !message_number(words[1], &first) ||
        !message_number(words[2], &requests) || requests < 1 ||
        requests > SERVE_MOST) {
        message_error("serve: expected FIRST COUNT, COUNT 1 to %u", SERVE_MOST);
        return;
    }
    times.scheduled = count > 3;
    if (times.scheduled && !schedule_take(words + 3, count - 3,
                                          (unsigned)requests, times.due_ns)) {
        message_error("serve: expected at T every NS, or at T plus NS,NS,... "
                      "of each request");
        return;
    }
    uint64_t ns = serve_requests(&server, first, (unsigned)requests, &times);
    message_add("served ns=%" PRIu64, ns);
    add_times("latency_ns", times.latency_ns, requests);
    if (times.scheduled) {
        add_times("response_ns", times.response_ns, requests);
    }
    add_collections();
    message_send();
}

static _Noreturn void process_worker(uint64_t index, pid_t template_pid)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != template_pid) {
        exit(EXIT_FAILURE); /* the template died before the line above */
    }
    server.worker = index;
    phase_enter(PHASE_START);
    phase_writes_begin(collector.each_region);
    /* What before_fork collected was the template's. */
    collection_log.count = collection_log.more = 0;
    collector.after_fork((unsigned)index);
    message_connect();
    message_add("hello cowlab=1 role=worker index=%" PRIu64 " pid=%d", index,
                (int)getpid());
    message_send();
    phase_enter(PHASE_IDLE);
    for (;;) {
        char **words = request_words;
        unsigned count = message_receive(words, WORDS_MOST);
        const char *word = count > 0 ? words[0] : "";
        forget_answers(word);
        if (strcmp(word, "serve") == 0) {
            answer_serve(words, count);
        } else if (strcmp(word, "collect") == 0) {
            answer_collect(words, count);
        } else if (strcmp(word, "check") == 0) {
            message_add("checked graph=%016" PRIx64 " replies=%016" PRIx64,
                        server.settings.workload->check(), server.replies);
            message_send();
        } else if (strcmp(word, "stats") == 0) {
            answer_stats();
        } else if (strcmp(word, "describe") == 0) {
            answer_describe(words, count);
        } else if (strcmp(word, "contents") == 0) {
            contents_answer(words, count);
        } else if (strcmp(word, "phases") == 0) {
            answer_phases();
        } else if (strcmp(word, "writes") == 0) {
            writes_answer_worker(words, count);
        } else if (strcmp(word, "quit") == 0) {
            message_add("bye");
            message_send();
            exit(EXIT_SUCCESS);
        } else {
            message_error("a worker does not know '%.40s'", word);
        }
    }
}

static void answer_load(char **words, unsigned count)
{
    if (server.settings.workload != NULL) {
        message_error("load: it is loaded already");
        return;
    }
    const char *wrong = settings_take(&server.settings, words + 1, count - 1);
    if (wrong != NULL) {
        message_error("load: %s", wrong);
        return;
    }
    uint64_t ns = serve_load(&server);
    collection_log.count = collection_log.more = 0;
    message_add("loaded ns=%" PRIu64, ns);
    message_send();
}

static void answer_prepare(char **words, unsigned count)
{
    const char *name = count == 2 ? words[1] : "";
    uint64_t start = clock_now();
    if (!serve_prepare(name)) {
        message_error("prepare: %s has no step '%.40s'", collector.name, name);
        return;
    }
    message_add("prepared ns=%" PRIu64, clock_now() - start);
    collection_log.count = collection_log.more = 0;
    message_send();
}

static void answer_fork(char **words, unsigned count)
{
    uint64_t workers = 0;
    if (count != 2 || !message_number(words[1], &workers) || workers < 1 ||
        workers > WORKERS_MOST) {
        message_error("fork: expected a number, 1 to %u", WORKERS_MOST);
        return;
    }
    static pid_t pids[WORKERS_MOST];
    pid_t template_pid = getpid();
    uint64_t longest = 0;
    for (uint64_t i = 0; i < workers; i++) {
        collector.before_fork();
        uint64_t start = clock_now();
        pids[i] = fork();
        uint64_t ns = clock_now() - start;
        if (pids[i] == 0) {
            process_worker(i, template_pid);
        }
        if (pids[i] < 0) {
            message_error("fork: worker %" PRIu64 ": %s%s", i, strerror(errno),
                          errno == ENOMEM ? ": give the option 'reserve' a "
                                            "smaller number, or the processes "
                                            "more memory (vm.overcommit_memory)"
                                          : "");
            return;
        }
        longest = ns > longest ? ns : longest;
    }
    message_add("forked ns=%" PRIu64 " pids=%d", longest, (int)pids[0]);
    for (uint64_t i = 1; i < workers; i++) {
        message_add(",%d", (int)pids[i]);
    }
    message_send();
}

static void answer_reap(void)
{
    int status;
    pid_t pid;
    message_add("reaped");
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (WIFSIGNALED(status)) {
            message_add(" %d:signal:%d", (int)pid, WTERMSIG(status));
        } else {
            message_add(" %d:exit:%d", (int)pid, WEXITSTATUS(status));
        }
    }
    message_send();
}

/* Requests that only make sense once there is a heap. */
static bool answer_loaded(const char *word, char **words, unsigned count)
{
    if (strcmp(word, "prepare") == 0) {
        answer_prepare(words, count);
    } else if (strcmp(word, "regions") == 0) {
        /* What a fork begins with is done before its pages are counted. */
        collector.before_fork();
        message_add("regions");
        collector.each_region(add_region, NULL);
        message_send();
    } else if (strcmp(word, "layout") == 0) {
        message_add("layout");
        layout_visit(add_number, NULL);
        message_send();
    } else if (strcmp(word, "check") == 0) {
        message_add("checked graph=%016" PRIx64,
                    server.settings.workload->check());
        message_send();
    } else if (strcmp(word, "fork") == 0) {
        answer_fork(words, count);
    } else if (strcmp(word, "stats") == 0) {
        answer_stats();
    } else if (strcmp(word, "describe") == 0) {
        answer_describe(words, count);
    } else if (strcmp(word, "contents") == 0) {
        contents_answer(words, count);
    } else if (strcmp(word, "phases") == 0) {
        answer_phases();
    } else if (strcmp(word, "writes") == 0) {
        writes_answer_template();
    } else {
        return false;
    }
    return true;
}

_Noreturn void process_template(void)
{
    message_connect();
    message_add("hello cowlab=1 role=template pid=%d", (int)getpid());
    message_send();
    for (;;) {
        char **words = request_words;
        unsigned count = message_receive(words, WORDS_MOST);
        const char *word = count > 0 ? words[0] : "";
        forget_answers(word);
        if (strcmp(word, "load") == 0) {
            answer_load(words, count);
        } else if (strcmp(word, "reap") == 0) {
            answer_reap();
        } else if (strcmp(word, "quit") == 0) {
            message_add("bye");
            message_send();
            exit(EXIT_SUCCESS);
        } else if (server.settings.workload == NULL ||
                   !answer_loaded(word, words, count)) {
            message_error("a template %sdoes not know '%.40s'",
                          server.settings.workload ? "" : "without a heap ",
                          word);
        }
    }
}
