/* blame-ledger.c: see blame-ledger.h. */
#include "harness/blame-ledger.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/blame-place.h"
#include "harness/blame-rows.h"
#include "harness/failure.h"
#include "harness/fault-log.h"
#include "harness/memory.h"
#include "harness/phases.h"
#include "smaps/symbols.h"

#define RING_BYTES ((size_t)16 << 20) /* of each processor */

struct blame_ledger {
    struct fault_trace *trace; /* NULL: see `why` */
    char why[FAULT_WHY_SIZE];
    struct fault_log log;
    struct phases *phases; /* of each worker; NULL: the subject tells none */
    unsigned workers;
    struct blame_rows rows;
    uint64_t broken, left, unseen;
    uint64_t ns; /* that looking took, while the workers waited */
};

/* A broken page of a worker, and its first write. */
struct account {
    uint64_t page;
    bool moved;
    const struct logged_fault *fault; /* NULL: none was seen */
};

struct accounts {
    struct account *items;
    size_t count, capacity;
};

static int add_account(uint64_t address, enum page_fate fate, bool moved,
                       void *context)
{
    struct accounts *accounts = context;
    if (fate != FATE_BROKEN)
        return 0;
    if (accounts->count == accounts->capacity) {
        accounts->capacity = 2 * accounts->capacity + 1024;
        accounts->items = xreallocarray(accounts->items, accounts->capacity,
                                        sizeof *accounts->items);
    }
    accounts->items[accounts->count++] =
        (struct account){.page = address, .moved = moved};
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
    const struct fault_trace_options options = {.ring_bytes = RING_BYTES};
    if (fault_trace_open(&options, &blame->trace, blame->why) < 0) {
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
    if (!invocation->record->experiment->blame)
        return 0;
    invocation->blame = xcalloc(1, sizeof *invocation->blame);
    invocation->blame->workers = invocation->record->cell->workers;
    open_trace(invocation);
    return ask_phases(invocation);
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

/* The write that broke a page: of an anonymous page the first fault, for it was
 * there to be read; of a page of a file the last. */
static void find_faults(struct blame_ledger *blame, pid_t pid,
                        struct accounts *accounts)
{
    for (size_t i = 0; i < accounts->count; i++) {
        const struct logged_fault *first, *last;
        fault_log_find(&blame->log, pid, accounts->items[i].page, &first,
                       &last);
        accounts->items[i].fault = first;
    }
}

static void settle_page(struct invocation *invocation, unsigned worker,
                        const struct account *account,
                        const struct blame_places *places, size_t index,
                        struct symbols *symbols)
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
        blame_name(invocation->record->cell->subject, phase,
                   places->then[index], places->now[index]);
    const struct symbol *symbol =
        symbols ? symbols_find(symbols, fault->instruction) : NULL;
    blame_rows_add(&blame->rows, &name,
                   fault->in_kernel               ? "(kernel)"
                   : symbol && symbol->name_count ? symbol->names[0]
                   : symbol                       ? symbol->object
                                                  : "unknown");
}

static int settle_worker(struct invocation *invocation, unsigned worker)
{
    struct blame_ledger *blame = invocation->blame;
    pid_t pid = invocation->record->workers[worker].pid;
    struct accounts accounts = {0};
    int status = ledger_visit(invocation->ledger, pid, add_account, &accounts);
    if (status < 0) {
        free(accounts.items);
        record_invalid(invocation->record, REASON_UNREADABLE,
                       "cannot read the pages of worker %u: %s", worker,
                       strerror(-status));
        return -1;
    }
    find_faults(blame, pid, &accounts);
    uint64_t *addresses = xcalloc(accounts.count, sizeof *addresses);
    for (size_t i = 0; i < accounts.count; i++)
        addresses[i] = accounts.items[i].fault
                           ? accounts.items[i].fault->address
                           : accounts.items[i].page;
    struct blame_places places;
    status = blame_places_ask(invocation, worker, addresses, accounts.count,
                              &places);
    free(addresses);
    struct symbols *symbols = NULL;
    if (status == 0 && symbols_open(pid, &symbols) < 0)
        symbols = NULL;
    for (size_t i = 0; status == 0 && i < accounts.count; i++)
        settle_page(invocation, worker, &accounts.items[i], &places, i,
                    symbols);
    blame->broken += accounts.count;
    symbols_close(symbols);
    blame_places_clear(&places);
    free(accounts.items);
    return status;
}

static json_t *faults_json(const struct blame_ledger *blame)
{
    if (!blame->trace)
        return json_pack("{s:b, s:s}", "used", false, "why", blame->why);
    const struct fault_trace_facts *facts = fault_trace_facts(blame->trace);
    struct fault_trace_counts counts = {0};
    fault_trace_read_counts(blame->trace, &counts);
    return json_pack("{s:b, s:b, s:I, s:I}", "used", true, "kernel_counted",
                     facts->kernel_counted, "records",
                     (json_int_t)counts.delivered, "lost",
                     (json_int_t)counts.missing);
}

static json_t *phases_json(const struct blame_ledger *blame)
{
    uint64_t unlisted = 0;
    if (!blame->phases)
        return json_pack("{s:b, s:s}", "used", false, "why",
                         "the subject tells no phases");
    for (unsigned i = 0; i < blame->workers; i++)
        unlisted += blame->phases[i].unlisted;
    return json_pack("{s:b, s:I}", "used", true, "unlisted",
                     (json_int_t)unlisted);
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
        "{s:{s:o, s:o}, s:I, s:o, s:I, s:I, s:I}", "sources", "faults",
        faults_json(blame), "phases", phases_json(blame), "broken_pages",
        (json_int_t)blame->broken, "rows", blame_rows_json(&blame->rows),
        "left_by_others", (json_int_t)blame->left, "unseen",
        (json_int_t)blame->unseen, "ns", (json_int_t)blame->ns);
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
    free(blame);
}
