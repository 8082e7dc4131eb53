/* template.c: what an invocation asks of the template; see template.h. */
#include "harness/template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/blame-ledger.h"
#include "harness/failure.h"
#include "harness/memory.h"
#include "harness/program.h"

/* Asks the template and takes its answer apart. */
static int ask(struct invocation *invocation, const char *doing,
               const char *question, const char *word, struct message *message)
{
    struct conversation *template = &invocation->template;
    enum answer answer = conversation_ask(template, "%s", question);
    if (answer == ANSWER_OK)
        answer = invocation_wait(invocation, &template, 1, NULL);
    if (answer == ANSWER_OK)
        answer = conversation_answer(template, word, message);
    return answer == ANSWER_OK ? 0
                               : failure_of_template(invocation, answer, doing);
}

static int lacks(struct invocation *invocation, const char *doing,
                 const char *lacking)
{
    return failure_of_template(
        invocation,
        conversation_nonsense(&invocation->template,
                              "the answer lacks a proper", lacking),
        doing);
}

/* Asks what is answered with a duration. */
static int ask_duration(struct invocation *invocation, const char *doing,
                        const char *question, const char *word, uint64_t *ns)
{
    struct message message;
    if (ask(invocation, doing, question, word, &message) < 0)
        return -1;
    int status = message_number(&message, "ns", ns);
    message_clear(&message);
    return status < 0 ? lacks(invocation, doing, "ns=N") : 0;
}

int template_start(struct invocation *invocation)
{
    struct record *record = invocation->record;
    struct error error;
    struct patience patience = invocation_patience(invocation);
    struct hello hello;
    const struct subject *subject = record->cell->subject;
    record->program_hash = program_subject_hash(subject, &error);
    if (!record->program_hash ||
        supervision_open(&invocation->supervision, subject->command, &error) <
            0) {
        record_invalid(record, REASON_START_FAILED, "%s", error.text);
        return -1;
    }
    record->template_pid = invocation->supervision.template.pid;
    invocation->supervision.on_behalf = *subject->on_behalf_of;
    enum answer answer = supervision_meet(&invocation->supervision, &patience,
                                          &invocation->template, &hello);
    if (answer == ANSWER_OK &&
        (hello.worker || hello.pid != record->template_pid))
        answer = conversation_nonsense(&invocation->template,
                                       "the first greeting is not from",
                                       "the template");
    if (answer == ANSWER_CLOSED) {
        char text[80] = "closed its connection";
        supervision_template_end(&invocation->supervision, text, NULL);
        record_invalid(record, REASON_START_FAILED,
                       "the template %s before it greeted", text);
        return -1;
    }
    return answer == ANSWER_OK
               ? 0
               : failure_of_template(invocation, answer, "greeting");
}

static void put_settings(FILE *stream, const char *prefix,
                         const struct setting *settings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        fprintf(stream, " %s%s=%s", prefix, settings[i].name,
                settings[i].value);
}

/* The question; the caller frees it. */
static char *load_question(const struct record *record)
{
    const struct cell *cell = record->cell;
    char *question;
    size_t length;
    FILE *stream = open_memstream(&question, &length);
    if (!stream)
        abort();
    fprintf(stream, "load workload=%s seed=%llu", cell->workload->name,
            (unsigned long long)record->seed);
    if (*cell->subject->on_behalf_of)
        fprintf(stream, " workers=%u", cell->workers);
    put_settings(stream, "", cell->parameters, cell->parameter_count);
    put_settings(stream, "option.", cell->options, cell->option_count);
    fclose(stream);
    return question;
}

/* The template is the server's: it is the process to be looked at. */
static int take_master(struct invocation *invocation,
                       const struct message *message)
{
    uint64_t pid;
    if (message_number(message, "pid", &pid) < 0 || pid > INT32_MAX ||
        !supervision_has(&invocation->supervision, (pid_t)pid))
        return lacks(invocation, "loading",
                     "pid=PID of a process of the subject's session");
    invocation->record->template_pid = (pid_t)pid;
    return 0;
}

int template_load(struct invocation *invocation)
{
    struct record *record = invocation->record;
    char *question = load_question(record);
    struct message message;
    int status = ask(invocation, "loading", question, "loaded", &message);
    free(question);
    if (status < 0)
        return -1;
    if (message_number(&message, "ns", &record->load_ns) < 0)
        status = lacks(invocation, "loading", "ns=N");
    else if (invocation->supervision.on_behalf)
        status = take_master(invocation, &message);
    message_clear(&message);
    record->loaded = status == 0;
    return status;
}

int template_prepare(struct invocation *invocation)
{
    struct record *record = invocation->record;
    for (size_t i = 0; i < record->cell->prepare_count; i++) {
        char *question = xasprintf("prepare %s", record->cell->prepare[i]);
        int status = ask_duration(invocation, question, question, "prepared",
                                  &record->prepare_ns[i]);
        free(question);
        if (status < 0)
            return -1;
        record->prepare_count++;
    }
    return 0;
}

/* Takes ROLE:START-END apart. */
static int parse_region(const char *name, char *text, struct region *region)
{
    char *rest = text;
    const char *role = strsep(&rest, ":"), *start = strsep(&rest, "-");
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_");
    if (!rest || name[length] || length >= sizeof region->name ||
        !strcmp(name, "other") || !strcmp(name, "total"))
        return -1;
    if (!strcmp(role, "objects"))
        region->role = REGION_OBJECTS;
    else if (!strcmp(role, "side"))
        region->role = REGION_SIDE;
    else
        return -1;
    strcpy(region->name, name);
    if (parse_hexadecimal(start, &region->start) < 0 ||
        parse_hexadecimal(rest, &region->end) < 0)
        return -1;
    return region->start < region->end && region->end <= INT64_MAX &&
                   (region->start | region->end) % 4096 == 0
               ? 0
               : -1;
}

static int compare_regions(const void *left, const void *right)
{
    const struct region *a = left, *b = right;
    return (a->start > b->start) - (a->start < b->start);
}

/* Regions in address order; -1 when one is malformed, two overlap, or two have
 * one name. */
static int take_regions(struct record *record, const struct message *message)
{
    struct region *regions = xcalloc(message->count + 1, sizeof *regions);
    record->regions = regions;
    for (size_t i = 0; i < message->count; i++) {
        const struct message_item *item = &message->items[i];
        if (!item->key || parse_region(item->key, item->value, &regions[i]) < 0)
            return -1;
        for (size_t k = 0; k < i; k++)
            if (!strcmp(regions[k].name, regions[i].name))
                return -1;
    }
    qsort(regions, message->count, sizeof *regions, compare_regions);
    for (size_t i = 1; i < message->count; i++)
        if (regions[i].start < regions[i - 1].end)
            return -1;
    record->region_count = message->count;
    return 0;
}

json_t *template_numbers(const struct message *message)
{
    json_t *object = json_object();
    for (size_t i = 0; i < message->count; i++) {
        const struct message_item *item = &message->items[i];
        uint64_t number;
        if (!item->key || parse_decimal(item->value, &number) < 0) {
            json_decref(object);
            return NULL;
        }
        json_object_set_new(object, item->key,
                            json_integer((json_int_t)number));
    }
    return object;
}

static int ask_regions(struct invocation *invocation)
{
    const char *doing = "telling its regions";
    struct message message;
    if (ask(invocation, doing, "regions", "regions", &message) < 0)
        return -1;
    int status = take_regions(invocation->record, &message);
    message_clear(&message);
    return status < 0 ? lacks(invocation, doing, "NAME=ROLE:START-END") : 0;
}

static int ask_layout(struct invocation *invocation)
{
    const char *doing = "telling its layout";
    struct message message;
    if (ask(invocation, doing, "layout", "layout", &message) < 0)
        return -1;
    json_t *layout = template_numbers(&message);
    message_clear(&message);
    if (!layout)
        return lacks(invocation, doing, "KEY=N");
    if (json_object_size(layout))
        invocation->record->layout = layout;
    else
        json_decref(layout);
    return 0;
}

static int ask_checksum(struct invocation *invocation)
{
    const char *doing = "computing its checksum";
    struct message message;
    if (ask(invocation, doing, "check", "checked", &message) < 0)
        return -1;
    const char *graph = message_value(&message, "graph");
    int status = graph ? parse_checksum(graph, invocation->record->graph) : -1;
    message_clear(&message);
    return status < 0 ? lacks(invocation, doing, "graph=HEX") : 0;
}

static int unreadable(struct invocation *invocation, const char *what,
                      int status)
{
    record_invalid(invocation->record, REASON_UNREADABLE,
                   "cannot read the template's %s: %s", what,
                   strerror(-status));
    return -1;
}

static int read_pages(struct invocation *invocation)
{
    struct record *record = invocation->record;
    int status =
        smaps_rollup_read(record->template_pid, &record->template_memory);
    if (status < 0)
        return unreadable(invocation, "smaps_rollup", status);
    record->template_memory_known = true;
    status = ledger_open(record->template_pid, record->regions,
                         record->region_count, &invocation->ledger);
    if (status < 0)
        return unreadable(invocation, "pagemap", status);
    size_t size = (record->region_count + 1) * sizeof *record->inherited;
    record->inherited = xmalloc(size);
    memcpy(record->inherited, ledger_inherited(invocation->ledger), size);
    record->frames_known = ledger_frames_known(invocation->ledger);
    return 0;
}

int template_describe(struct invocation *invocation)
{
    if (ask_regions(invocation) < 0 || ask_layout(invocation) < 0 ||
        ask_checksum(invocation) < 0 || blame_open(invocation) < 0)
        return -1;
    return read_pages(invocation);
}

/* Adopts the pids of the answer to `fork`: as many as were asked for. */
static int adopt(struct invocation *invocation, const char *pids)
{
    unsigned workers = invocation->record->cell->workers;
    uint64_t *numbers = xcalloc(workers, sizeof *numbers);
    int count = pids ? parse_decimals(pids, numbers, workers) : -1;
    int status = count == (int)workers ? 0 : -1;
    for (int i = 0; i < count && status == 0; i++)
        if (numbers[i] > INT32_MAX ||
            supervision_adopt(&invocation->supervision, (pid_t)numbers[i]) < 0)
            status = -1;
    free(numbers);
    return status;
}

static int ask_fork(struct invocation *invocation)
{
    struct record *record = invocation->record;
    struct conversation *template = &invocation->template;
    struct message message;
    record->fork_at = clock_now();
    enum answer answer =
        conversation_ask(template, "fork %u", record->cell->workers);
    if (answer == ANSWER_OK)
        answer = invocation_wait(invocation, &template, 1, NULL);
    if (answer == ANSWER_OK)
        answer = conversation_answer(template, "forked", &message);
    if (answer == ANSWER_REFUSED) {
        record_invalid(record, REASON_FORK_FAILED,
                       "the template could not fork %u workers: %s",
                       record->cell->workers, template->detail);
        return -1;
    }
    if (answer != ANSWER_OK)
        return failure_of_template(invocation, answer, "forking");
    record->fork_timed = message_number(&message, "ns", &record->fork_ns) == 0;
    int status =
        record->fork_timed || invocation->supervision.on_behalf ? 0 : -1;
    if (status == 0)
        status = adopt(invocation, message_value(&message, "pids"));
    message_clear(&message);
    if (status < 0)
        return lacks(invocation, "forking",
                     "ns=N pids=PID,PID,... of running workers");
    record->forked = true;
    return 0;
}

/* Whether this greeting is of a worker that was forked and not met before. */
static bool expected(const struct invocation *invocation,
                     const struct hello *hello)
{
    const struct supervision *supervision = &invocation->supervision;
    bool known = false;
    for (size_t i = 0; i < supervision->worker_count; i++)
        known |= supervision->workers[i].pid == hello->pid;
    return known && hello->worker &&
           hello->index < invocation->record->cell->workers &&
           invocation->workers[hello->index].descriptor < 0;
}

static int meet_worker(struct invocation *invocation)
{
    struct record *record = invocation->record;
    struct patience patience = invocation_patience(invocation);
    struct conversation worker;
    struct hello hello;
    enum answer answer =
        supervision_meet(&invocation->supervision, &patience, &worker, &hello);
    if (answer == ANSWER_OK && !expected(invocation, &hello)) {
        char claim[64];
        snprintf(claim, sizeof claim, "index=%u pid=%d", hello.index,
                 (int)hello.pid);
        answer = conversation_nonsense(&worker, "nobody waits for", claim);
    }
    if (answer == ANSWER_OK) {
        invocation->workers[hello.index] = worker;
        record->workers[hello.index].pid = hello.pid;
        return 0;
    }
    if (answer == ANSWER_CLOSED)
        failure_of_any(invocation, "greeting");
    else if (answer == ANSWER_NONSENSE || answer == ANSWER_REFUSED)
        record_invalid(record, REASON_NONSENSE,
                       "a worker talked nonsense while greeting: %s",
                       worker.detail);
    else if (answer == ANSWER_STALLED)
        failure_of_stall(invocation, "not all workers have greeted within %u s",
                         record->cell->regime.timeout_s);
    else
        failure_of_template(invocation, answer, "greeting");
    conversation_close(&worker);
    return -1;
}

int template_fork(struct invocation *invocation)
{
    if (ask_fork(invocation) < 0)
        return -1;
    for (unsigned i = 0; i < invocation->record->cell->workers; i++)
        if (meet_worker(invocation) < 0)
            return -1;
    progress_letters(invocation->progress, LETTER_QUIET);
    return invocation_observe(invocation, MOMENT_FORKED);
}

int template_end(struct invocation *invocation)
{
    struct message message;
    char text[80] = "said bye and still runs";
    if (ask(invocation, "ending", "quit", "bye", &message) < 0)
        return -1;
    message_clear(&message);
    if (supervision_template_end(&invocation->supervision, text, NULL) &&
        !strcmp(text, "exited with status 0"))
        return 0;
    record_invalid(invocation->record, REASON_TEMPLATE_DIED,
                   "the template %s after the last request", text);
    return -1;
}
