/* blame-ledger.c: see blame-ledger.h. */
#include "harness/blame-ledger.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/blame-account.h"
#include "harness/blame-bytes.h"
#include "harness/blame-contents.h"
#include "harness/blame-exit.h"
#include "harness/blame-history.h"
#include "harness/blame-map.h"
#include "harness/blame-pages.h"
#include "harness/blame-writes.h"
#include "harness/failure.h"
#include "harness/memory.h"
#include "harness/phases.h"

#define LEFT_OUT "blame-sources leaves it out"

struct blame_ledger {
    struct fault_trace *trace; /* NULL: see `why` */
    char why[FAULT_WHY_SIZE];
    struct fault_log log;
    struct phases *phases; /* of each worker; NULL: see `phases_why` */
    const char *phases_why;
    unsigned workers;
    struct blame_accounts *accounts; /* of each worker, in the end */
    struct blame_totals totals;
    uint64_t lost;         /* faults, before the workers ended */
    json_t *changed;       /* bytes by kind */
    const char *bytes_why; /* NULL: they could be compared */
    struct difference_counts compared;
    struct blame_writes *writes;    /* NULL: not asked for */
    struct blame_exit *exit;        /* NULL: the workers are not ending */
    struct blame_contents contents; /* the template's, before the fork */
    struct blame_history *history;  /* NULL before the fork */
    uint64_t ns; /* that looking took, while the workers waited */
};

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

/* Asks the template for what its workers are to tell.  It writes pages of its
 * own to answer, which must be those that are inherited. */
static int ask_template(struct invocation *invocation)
{
    struct blame_ledger *blame = invocation->blame;
    unsigned sources = invocation->record->cell->regime.blame_sources;
    if ((sources & BLAME_PHASES && ask_phases(invocation) < 0) ||
        (sources & BLAME_WRITES &&
         blame_writes_begin(invocation, &blame->writes) < 0))
        return -1;
    return blame_contents_ask_template(invocation, &blame->contents);
}

int blame_open(struct invocation *invocation)
{
    const struct regime *regime = &invocation->record->cell->regime;
    if (!regime->blame)
        return 0;
    invocation->blame = xcalloc(1, sizeof *invocation->blame);
    invocation->blame->workers = invocation->record->cell->workers;
    invocation->blame->changed = json_object();
    invocation->blame->accounts = xcalloc(invocation->blame->workers,
                                          sizeof *invocation->blame->accounts);
    strcpy(invocation->blame->why, LEFT_OUT);
    invocation->blame->phases_why = LEFT_OUT;
    if (!(regime->blame_sources & BLAME_BYTES))
        invocation->blame->bytes_why = LEFT_OUT;
    return ask_template(invocation);
}

int blame_begin(struct invocation *invocation)
{
    const struct regime *regime = &invocation->record->cell->regime;
    struct blame_ledger *blame = invocation->blame;
    if (!blame)
        return 0;
    if (regime->blame_sources & BLAME_FAULTS)
        open_trace(invocation);
    return blame_history_open(invocation, &blame->contents, &blame->history);
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

int blame_sampled(struct invocation *invocation)
{
    struct blame_ledger *blame = invocation->blame;
    uint64_t begun = clock_now();
    if (!blame)
        return 0;
    int status = blame_history_add(invocation, blame->history);
    blame->ns += clock_now() - begun;
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

static int draw_worker(struct invocation *invocation, unsigned worker,
                       const struct blame_accounts *accounts)
{
    struct blame_contents contents = {0};
    int status = blame_contents_ask(invocation, worker, &contents);
    if (status == 0 &&
        blame_map(invocation, worker,
                  blame_history_areas(invocation->blame->history), accounts,
                  &contents) < 0) {
        record_invalid(invocation->record, REASON_UNREADABLE,
                       "cannot read the pages of worker %u", worker);
        status = -1;
    }
    blame_contents_clear(&contents);
    return status;
}

static int settle_worker(struct invocation *invocation, unsigned worker)
{
    struct blame_ledger *blame = invocation->blame;
    struct blame_accounts *accounts = &blame->accounts[worker];
    const struct phases *phases = blame->phases ? &blame->phases[worker] : NULL;
    int status = blame_accounts_open(invocation, worker, &blame->log, accounts);
    if (status == 0)
        status = blame_accounts_settle(invocation, worker, phases, accounts,
                                       &blame->totals);
    if (status == 0 &&
        invocation->record->cell->regime.blame_sources & BLAME_BYTES)
        status = blame_bytes(invocation, worker, accounts, blame->changed,
                             &blame->compared, &blame->bytes_why);
    if (status == 0)
        status = blame_writes_settle(invocation, worker, accounts, phases,
                                     faults_are_all(blame), blame->writes);
    if (status == 0)
        status = draw_worker(invocation, worker, accounts);
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

static json_t *contents_json(const struct blame_contents *contents)
{
    return contents->told
               ? json_pack("{s:b}", "used", true)
               : json_pack("{s:b, s:s}", "used", false, "why", contents->why);
}

static json_t *bytes_json(const struct blame_ledger *blame)
{
    return blame->bytes_why
               ? json_pack("{s:b, s:s}", "used", false, "why", blame->bytes_why)
               : json_pack("{s:b, s:I, s:I, s:I}", "used", true, "pages",
                           (json_int_t)blame->compared.compared, "false_pages",
                           (json_int_t)blame->compared.false_pages,
                           "changed_bytes",
                           (json_int_t)blame->compared.changed_bytes);
}

/* Puts the rows in order and tells of each page which is its. */
static void tell_pages(struct invocation *invocation)
{
    struct blame_ledger *blame = invocation->blame;
    size_t *places = blame_rows_sort(&blame->totals.rows);
    for (unsigned i = 0; i < blame->workers; i++)
        invocation->record->workers[i].page_writers = blame_pages_json(
            blame_history_areas(blame->history), &blame->accounts[i], places);
    free(places);
}

/* Outside the heap the template writes between forks, so that frames differ
 * though no worker wrote.  With `writes` among the sources it says more. */
static void warn_of_unseen(struct invocation *invocation)
{
    const struct blame_ledger *blame = invocation->blame;
    if (blame->writes || !faults_are_all(blame) ||
        !invocation->record->frames_known || !blame->totals.unseen_in_heap)
        return;
    record_warn(invocation->record, "blame-sources-disagree",
                "trust blame to no more than these pages; report it with the "
                "kernel's release",
                "%llu pages of the heap, in all workers, were copied without a "
                "fault, though every fault was seen",
                (unsigned long long)blame->totals.unseen_in_heap);
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
    tell_pages(invocation);
    invocation->record->blame = json_pack(
        "{s:{s:o, s:o, s:o, s:o}, s:I, s:o, s:I, s:I, s:O, s:I}", "sources",
        "faults", faults_json(blame), "phases", phases_json(blame), "bytes",
        bytes_json(blame), "contents", contents_json(&blame->contents),
        "broken_pages", (json_int_t)blame->totals.broken, "rows",
        blame_rows_json(&blame->totals.rows, invocation->record->fork_at),
        "left_by_others", (json_int_t)blame->totals.left, "unseen",
        (json_int_t)blame->totals.unseen, "changed_bytes", blame->changed, "ns",
        (json_int_t)blame->ns);
    json_object_set_new(invocation->record->blame, "exit", json_null());
    json_object_set_new(invocation->record->blame, "exit_why",
                        json_string(blame->trace
                                        ? "the invocation ended before this "
                                          "was measured"
                                        : blame->why));
    blame_writes_tell(invocation->record, blame->writes);
    warn_of_unseen(invocation);
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
    for (unsigned i = 0; i < blame->workers; i++)
        free(blame->accounts[i].items);
    free(blame->accounts);
    fault_log_clear(&blame->log);
    blame_rows_clear(&blame->totals.rows);
    json_decref(blame->changed);
    blame_writes_free(blame->writes);
    blame_exit_free(blame->exit);
    blame_contents_clear(&blame->contents);
    blame_history_free(blame->history);
    free(blame);
}
