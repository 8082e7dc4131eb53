/* blame-ledger.c: see blame-ledger.h. */
#include "harness/blame-ledger.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/blame-bytes.h"
#include "harness/blame-exit.h"
#include "harness/blame-map.h"
#include "harness/blame-place.h"
#include "harness/blame-rows.h"
#include "harness/blame-writes.h"
#include "harness/failure.h"
#include "harness/fault-log.h"
#include "harness/memory.h"
#include "harness/page-map.h"
#include "harness/phases.h"
#include "smaps/symbols.h"

#define LEFT_OUT "blame-sources leaves it out"

struct blame_ledger {
    struct fault_trace *trace; /* NULL: see `why` */
    char why[FAULT_WHY_SIZE];
    struct fault_log log;
    struct phases *phases; /* of each worker; NULL: see `phases_why` */
    const char *phases_why;
    unsigned workers;
    struct blame_rows rows;
    uint64_t broken, left, unseen;
    uint64_t lost;               /* faults, before the workers ended */
    json_t *changed;             /* bytes by kind */
    const char *bytes_why;       /* NULL: they could be compared */
    struct blame_writes *writes; /* NULL: not asked for */
    struct blame_exit *exit;     /* NULL: the workers are not ending */
    uint64_t ns; /* that looking took, while the workers waited */
};

static int add_account(uint64_t address, enum page_fate fate,
                       const struct page_entries *entries, void *context)
{
    struct blame_accounts *accounts = context;
    if (fate != FATE_BROKEN)
        return 0;
    if (accounts->count == accounts->capacity) {
        accounts->capacity = 2 * accounts->capacity + 1024;
        accounts->items = xreallocarray(accounts->items, accounts->capacity,
                                        sizeof *accounts->items);
    }
    accounts->items[accounts->count++] = (struct blame_account){
        .page = address,
        .moved = fate_moved(entries->inherited, entries->own),
        .was_file = pagemap_file(entries->inherited),
        .letter = 'u',
    };
    return 0;
}

/* Asks one process for its phases.  An answer that is an error, or has none,
 * means that the subject tells none. */
static int ask_phases(struct invocation *invocation)
{
    struct blame_ledger *blame = invocation->blame;
    struct conversation *template = &invocation->template;
    struct message message;
    enum answer answer = conversation_ask(template, "phases");
    if (answer == ANSWER_OK)
        answer = invocation_wait(invocation, &template, 1, NULL);
    if (answer == ANSWER_OK)
        answer = conversation_answer(template, "phases", &message);
    blame->phases_why = "the subject tells no phases";
    if (answer == ANSWER_REFUSED)
        return 0;
    if (answer != ANSWER_OK)
        return failure_of_template(invocation, answer, "telling its phases");
    message_clear(&message);
    blame->phases = xcalloc(blame->workers, sizeof *blame->phases);
    return 0;
}

static void open_trace(struct invocation *invocation)
{
    struct blame_ledger *blame = invocation->blame;
    if (fault_trace_open(0, &blame->trace, blame->why) < 0) {
        blame->trace = NULL;
    } else if (fault_trace_follow(blame->trace,
                                  invocation->record->template_pid,
                                  blame->why) < 0) {
        fault_trace_close(blame->trace);
        blame->trace = NULL;
    }
}

int blame_begin(struct invocation *invocation)
{
    const struct regime *regime = &invocation->record->cell->regime;
    if (!regime->blame)
        return 0;
    invocation->blame = xcalloc(1, sizeof *invocation->blame);
    invocation->blame->workers = invocation->record->cell->workers;
    invocation->blame->changed = json_object();
    strcpy(invocation->blame->why, LEFT_OUT);
    invocation->blame->phases_why = LEFT_OUT;
    if (!(regime->blame_sources & BLAME_BYTES))
        invocation->blame->bytes_why = LEFT_OUT;
    if (regime->blame_sources & BLAME_FAULTS)
        open_trace(invocation);
    if (regime->blame_sources & BLAME_PHASES && ask_phases(invocation) < 0)
        return -1;
    return regime->blame_sources & BLAME_WRITES
               ? blame_writes_begin(invocation, &invocation->blame->writes)
               : 0;
}

static int take_phases(struct invocation *invocation)
{
    const char *doing = "telling its phases";
    struct blame_ledger *blame = invocation->blame;
    if (invocation_ask_workers(invocation, doing, "phases") < 0)
        return -1;
    for (unsigned i = 0; i < blame->workers; i++) {
        struct message message;
        if (invocation_worker_answer(invocation, i, "phases", &message, doing) <
            0)
            return -1;
        int status = phases_add(&blame->phases[i], &message);
        message_clear(&message);
        if (status < 0)
            return invocation_nonsense(invocation, i, doing, "PHASE=TIME...");
    }
    return 0;
}

int blame_look(struct invocation *invocation)
{
    struct blame_ledger *blame = invocation->blame;
    uint64_t begun = clock_now();
    if (!blame)
        return 0;
    if (blame->trace)
        fault_trace_drain(blame->trace, fault_log_add, &blame->log);
    int status = blame->phases ? take_phases(invocation) : 0;
    blame->ns += clock_now() - begun;
    return status;
}

/* The write that broke a page: the first fault on it since the fork, for it was
 * there to be read.  A page of a file need not have been mapped, and may have
 * been faulted in to be read: of that the last. */
static const struct logged_fault *
find_write(struct fault_log *log, pid_t pid,
           const struct blame_account *account)
{
    return account->was_file ? fault_log_last(log, pid, account->page)
                             : fault_log_first(log, pid, account->page, 0);
}

/* Reads which pages a worker has broken, and finds the writes that did it. */
static int open_accounts(struct invocation *invocation, unsigned worker,
                         struct blame_accounts *accounts)
{
    struct blame_ledger *blame = invocation->blame;
    pid_t pid = invocation->record->workers[worker].pid;
    int status = ledger_visit(invocation->ledger, pid, add_account, accounts);
    if (status < 0) {
        record_invalid(invocation->record, REASON_UNREADABLE,
                       "cannot read the pages of worker %u: %s", worker,
                       strerror(-status));
        return -1;
    }
    for (size_t i = 0; i < accounts->count; i++)
        accounts->items[i].fault =
            find_write(&blame->log, pid, &accounts->items[i]);
    return 0;
}

/* Puts one page to the account of its first write. */
static void settle_page(struct invocation *invocation, unsigned worker,
                        struct blame_account *account, struct blame_place then,
                        struct blame_place now, struct symbols *symbols)
{
    struct blame_ledger *blame = invocation->blame;
    const struct logged_fault *fault = account->fault;
    if (!fault) {
        bool left = invocation->record->frames_known && !account->moved;
        *(left ? &blame->left : &blame->unseen) += 1;
        return;
    }
    const char *phase = blame->phases
                            ? phases_at(&blame->phases[worker], fault->time_ns)
                            : "unknown";
    struct blame_name name =
        blame_name(invocation->record->cell->subject, phase, then, now);
    account->phase = name.phase;
    account->letter = then.kind ? page_kind_of(then.kind, then.placement) : 'u';
    blame_rows_add_fault(&blame->rows, &name, fault, symbols);
}

static int settle_pages(struct invocation *invocation, unsigned worker,
                        struct blame_accounts *accounts)
{
    pid_t pid = invocation->record->workers[worker].pid;
    uint64_t *addresses = xcalloc(accounts->count + 1, sizeof *addresses);
    struct blame_places places;
    struct symbols *symbols = NULL;
    for (size_t i = 0; i < accounts->count; i++)
        addresses[i] = accounts->items[i].fault
                           ? accounts->items[i].fault->address
                           : accounts->items[i].page;
    int status = blame_places_ask(invocation, worker, addresses,
                                  accounts->count, &places);
    free(addresses);
    if (status == 0 && symbols_open(pid, &symbols) < 0)
        symbols = NULL;
    for (size_t i = 0; status == 0 && i < accounts->count; i++)
        settle_page(invocation, worker, &accounts->items[i], places.then[i],
                    places.now[i], symbols);
    symbols_close(symbols);
    blame_places_clear(&places);
    return status;
}

/* Whether every fault was seen. */
static bool faults_are_all(const struct blame_ledger *blame)
{
    struct fault_trace_counts counts = {0};
    if (!blame->trace)
        return false;
    fault_trace_read_counts(blame->trace, &counts);
    return fault_trace_facts(blame->trace)->kernel_counted && !counts.missing;
}

static int settle_worker(struct invocation *invocation, unsigned worker)
{
    struct blame_ledger *blame = invocation->blame;
    struct blame_accounts accounts = {0};
    int status = open_accounts(invocation, worker, &accounts);
    if (status == 0)
        status = settle_pages(invocation, worker, &accounts);
    if (status == 0 &&
        invocation->record->cell->regime.blame_sources & BLAME_BYTES)
        status = blame_bytes(invocation, worker, &accounts, blame->changed,
                             &blame->bytes_why);
    if (status == 0)
        status =
            blame_writes_settle(invocation, worker, &accounts,
                                blame->phases ? &blame->phases[worker] : NULL,
                                faults_are_all(blame), blame->writes);
    if (status == 0 && blame_map(invocation, worker, &accounts) < 0) {
        record_invalid(invocation->record, REASON_UNREADABLE,
                       "cannot read the pages of worker %u", worker);
        status = -1;
    }
    blame->broken += accounts.count;
    free(accounts.items);
    return status;
}

static json_t *faults_json(struct blame_ledger *blame)
{
    if (!blame->trace)
        return json_pack("{s:b, s:s}", "used", false, "why", blame->why);
    const struct fault_trace_facts *facts = fault_trace_facts(blame->trace);
    struct fault_trace_counts counts = {0};
    fault_trace_read_counts(blame->trace, &counts);
    blame->lost = counts.missing;
    return json_pack("{s:b, s:b, s:I, s:I}", "used", true, "kernel_counted",
                     facts->kernel_counted, "records",
                     (json_int_t)counts.delivered, "lost",
                     (json_int_t)counts.missing);
}

static json_t *phases_json(const struct blame_ledger *blame)
{
    uint64_t unlisted = 0;
    if (!blame->phases)
        return json_pack("{s:b, s:s}", "used", false, "why", blame->phases_why);
    for (unsigned i = 0; i < blame->workers; i++)
        unlisted += blame->phases[i].unlisted;
    return json_pack("{s:b, s:I}", "used", true, "unlisted",
                     (json_int_t)unlisted);
}

static json_t *bytes_json(const struct blame_ledger *blame)
{
    return blame->bytes_why
               ? json_pack("{s:b, s:s}", "used", false, "why", blame->bytes_why)
               : json_pack("{s:b}", "used", true);
}

int blame_settle(struct invocation *invocation)
{
    struct blame_ledger *blame = invocation->blame;
    if (!blame)
        return 0;
    if (blame->trace)
        fault_trace_pause(blame->trace);
    if (blame_look(invocation) < 0)
        return -1;
    for (unsigned i = 0; i < blame->workers; i++)
        if (settle_worker(invocation, i) < 0)
            return -1;
    invocation->record->blame = json_pack(
        "{s:{s:o, s:o, s:o}, s:I, s:o, s:I, s:I, s:O, s:I}", "sources",
        "faults", faults_json(blame), "phases", phases_json(blame), "bytes",
        bytes_json(blame), "broken_pages", (json_int_t)blame->broken, "rows",
        blame_rows_json(&blame->rows), "left_by_others",
        (json_int_t)blame->left, "unseen", (json_int_t)blame->unseen,
        "changed_bytes", blame->changed, "ns", (json_int_t)blame->ns);
    json_object_set_new(invocation->record->blame, "exit", json_null());
    json_object_set_new(invocation->record->blame, "exit_why",
                        json_string(blame->trace
                                        ? "the invocation ended before this "
                                          "was measured"
                                        : blame->why));
    blame_writes_tell(invocation->record, blame->writes);
    return 0;
}

int blame_begin_exit(struct invocation *invocation)
{
    struct blame_ledger *blame = invocation->blame;
    if (!blame || !blame->trace)
        return 0;
    fault_trace_resume(blame->trace);
    return blame_exit_begin(invocation, &blame->exit);
}

int blame_settle_exit(struct invocation *invocation)
{
    struct blame_ledger *blame = invocation->blame;
    struct fault_trace_counts counts = {0};
    json_t *exit;
    if (!blame || !blame->trace)
        return 0;
    fault_trace_pause(blame->trace);
    fault_trace_drain(blame->trace, fault_log_add, &blame->log);
    fault_trace_read_counts(blame->trace, &counts);
    if (blame_exit_settle(invocation, blame->exit, &blame->log, &exit) < 0)
        return -1;
    json_object_set_new(
        exit, "lost", json_integer((json_int_t)(counts.missing - blame->lost)));
    json_object_set_new(invocation->record->blame, "exit", exit);
    json_object_del(invocation->record->blame, "exit_why");
    return 0;
}

void blame_free(struct blame_ledger *blame)
{
    if (!blame)
        return;
    if (blame->trace)
        fault_trace_close(blame->trace);
    for (unsigned i = 0; blame->phases && i < blame->workers; i++)
        phases_clear(&blame->phases[i]);
    free(blame->phases);
    fault_log_clear(&blame->log);
    blame_rows_clear(&blame->rows);
    json_decref(blame->changed);
    blame_writes_free(blame->writes);
    blame_exit_free(blame->exit);
    free(blame);
}
