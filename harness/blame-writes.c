/* blame-writes.c: see blame-writes.h. */
#include "harness/blame-writes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/blame-runs.h"
#include "harness/failure.h"
#include "harness/memory.h"
#include "harness/page-runs.h"

/* Broken pages with the same writers. */
struct row {
    char *writers;
    uint64_t pages;
};

/* In how many pages of the heap the sources do not agree. */
struct disagreements {
    uint64_t written_not_broken, broken_not_written;
    uint64_t written_without_fault, fault_not_written;
    uint64_t first_differs;
};

struct blame_writes {
    char why[CONVERSATION_DETAIL]; /* "": they are told */
    struct row *rows;
    size_t count;
    uint64_t pages, ns;
    struct disagreements disagreements;
};

/* One worker's pages, walked through in address order. */
struct comparison {
    const struct record *record;
    const struct blame_accounts *accounts;
    const struct phases *phases;
    const struct page_runs *told;
    struct blame_writes *writes;
    bool faults_are_all;
    size_t account, run; /* where the walk is */
};

static const struct runs_request request = {"writes", "written",
                                            "ns=N START-END=PHASE,PHASE..."};

static void refuse(struct blame_writes *writes,
                   const struct conversation *conversation)
{
    snprintf(writes->why, sizeof writes->why, "%s", conversation->detail);
}

int blame_writes_begin(struct invocation *invocation,
                       struct blame_writes **result)
{
    struct page_runs none = {0};
    struct blame_writes *writes = *result = xcalloc(1, sizeof *writes);
    enum answer answer = blame_runs_ask(invocation, &invocation->template,
                                        &request, &none, NULL);
    page_runs_clear(&none);
    if (answer == ANSWER_REFUSED)
        refuse(writes, &invocation->template);
    else if (answer != ANSWER_OK)
        return failure_of_template(invocation, answer,
                                   "beginning to watch its writes");
    return 0;
}

/* All that a worker tells; `why` is set where it refuses. */
static int take(struct invocation *invocation, unsigned worker,
                struct blame_writes *writes, struct page_runs *told)
{
    struct conversation *conversation = &invocation->workers[worker];
    uint64_t ns = 0;
    enum answer answer =
        blame_runs_ask(invocation, conversation, &request, told, &ns);
    if (answer == ANSWER_REFUSED)
        refuse(writes, conversation);
    else if (answer != ANSWER_OK)
        return failure_of_worker(invocation, worker, answer,
                                 "telling what it wrote");
    writes->ns += ns;
    return 0;
}

static void count_page(struct blame_writes *writes, const char *writers)
{
    size_t i = 0;
    writes->pages++;
    while (i < writes->count && strcmp(writes->rows[i].writers, writers) != 0)
        i++;
    if (i == writes->count) {
        writes->rows = xreallocarray(writes->rows, i + 1, sizeof *writes->rows);
        writes->rows[writes->count++] = (struct row){xstrdup(writers), 0};
    }
    writes->rows[i].pages++;
}

static bool is_first(const char *phase, const char *writers)
{
    size_t length = strlen(phase);
    return !strncmp(writers, phase, length) &&
           (writers[length] == ',' || !writers[length]);
}

/* A broken page: `writers` is NULL where the worker tells of no write. */
static void compare_broken(struct comparison *comparison,
                           const struct blame_account *account,
                           const char *writers)
{
    struct disagreements *disagreements = &comparison->writes->disagreements;
    const struct logged_fault *fault = account ? account->fault : NULL;
    if (!writers) {
        bool moved = account && account->moved;
        disagreements->broken_not_written +=
            comparison->record->frames_known && moved && !fault;
        disagreements->fault_not_written += fault != NULL;
        return;
    }
    count_page(comparison->writes, writers);
    disagreements->written_without_fault +=
        comparison->faults_are_all && !fault;
    disagreements->first_differs +=
        comparison->phases && fault &&
        !is_first(phases_at(comparison->phases, fault->time_ns), writers);
}

static bool in_heap(const struct record *record, uint64_t address)
{
    for (size_t i = 0; i < record->region_count; i++)
        if (address >= record->regions[i].start &&
            address < record->regions[i].end)
            return true;
    return false;
}

static const struct blame_account *account_of(struct comparison *comparison,
                                              uint64_t address)
{
    const struct blame_accounts *accounts = comparison->accounts;
    while (comparison->account < accounts->count &&
           accounts->items[comparison->account].page < address)
        comparison->account++;
    return comparison->account < accounts->count &&
                   accounts->items[comparison->account].page == address
               ? &accounts->items[comparison->account]
               : NULL;
}

/* A ledger_visitor. */
static int compare(uint64_t address, enum page_fate fate,
                   const struct page_entries *entries, void *context)
{
    struct comparison *comparison = context;
    (void)entries;
    if (!in_heap(comparison->record, address))
        return 0;
    const char *writers =
        page_runs_at(comparison->told, address, &comparison->run);
    if (fate == FATE_BROKEN)
        compare_broken(comparison, account_of(comparison, address), writers);
    else if (fate == FATE_SHARED && writers)
        comparison->writes->disagreements.written_not_broken++;
    return 0;
}

int blame_writes_settle(struct invocation *invocation, unsigned worker,
                        const struct blame_accounts *accounts,
                        const struct phases *phases, bool faults_are_all,
                        struct blame_writes *writes)
{
    struct record *record = invocation->record;
    struct page_runs told = {0};
    if (!writes || *writes->why)
        return 0;
    int status = take(invocation, worker, writes, &told);
    if (status == 0 && !*writes->why) {
        struct comparison comparison = {
            .record = record,
            .accounts = accounts,
            .phases = phases,
            .told = &told,
            .writes = writes,
            .faults_are_all = faults_are_all,
        };
        status = ledger_visit(invocation->ledger, record->workers[worker].pid,
                              compare, &comparison);
        if (status < 0)
            record_invalid(record, REASON_UNREADABLE,
                           "cannot read the pages of worker %u: %s", worker,
                           strerror(-status));
    }
    page_runs_clear(&told);
    return status;
}

static int most_pages_first(const void *left, const void *right)
{
    const struct row *a = left, *b = right;
    return (a->pages < b->pages) - (a->pages > b->pages);
}

/* Adds one row to `later`, and its pages to the first writer's in `anyway`. */
static void tell_row(const struct row *row, json_t *later, json_t *anyway)
{
    json_t *others = json_array();
    char *first = xstrdup(row->writers), *rest = first;
    strsep(&rest, ",");
    for (char *word; (word = strsep(&rest, ","));)
        json_array_append_new(others, json_string(word));
    json_int_t pages = json_integer_value(json_object_get(anyway, first)) +
                       (json_array_size(others) ? (json_int_t)row->pages : 0);
    json_object_set_new(anyway, first, json_integer(pages));
    json_array_append_new(later,
                          json_pack("{s:s, s:o, s:I}", "phase", first, "later",
                                    others, "pages", (json_int_t)row->pages));
    free(first);
}

static void warn(struct record *record, const struct disagreements *pages)
{
    if (!pages->written_not_broken && !pages->broken_not_written &&
        !pages->written_without_fault && !pages->fault_not_written &&
        !pages->first_differs)
        return;
    record_warn(
        record, "blame-sources-disagree",
        "trust blame to no more than these pages; report it with the kernel's "
        "release",
        "pages of the heap, in all workers: %llu were written and are still "
        "shared, %llu were copied and not written, %llu were written without a "
        "fault, %llu had a fault and were not written, and of %llu the first "
        "writer is another by the faults",
        (unsigned long long)pages->written_not_broken,
        (unsigned long long)pages->broken_not_written,
        (unsigned long long)pages->written_without_fault,
        (unsigned long long)pages->fault_not_written,
        (unsigned long long)pages->first_differs);
}

void blame_writes_tell(struct record *record, const struct blame_writes *writes)
{
    if (!writes)
        return;
    json_t *sources = json_object_get(record->blame, "sources");
    if (*writes->why) {
        json_object_set_new(
            sources, "writes",
            json_pack("{s:b, s:s}", "used", false, "why", writes->why));
        return;
    }
    json_t *later = json_array(), *anyway = json_object();
    if (writes->count)
        qsort(writes->rows, writes->count, sizeof *writes->rows,
              most_pages_first);
    for (size_t i = 0; i < writes->count; i++)
        tell_row(&writes->rows[i], later, anyway);
    json_object_set_new(sources, "writes",
                        json_pack("{s:b, s:I, s:I}", "used", true, "pages",
                                  (json_int_t)writes->pages, "ns",
                                  (json_int_t)writes->ns));
    json_object_set_new(record->blame, "later", later);
    json_object_set_new(record->blame, "would_break_anyway", anyway);
    warn(record, &writes->disagreements);
}

void blame_writes_free(struct blame_writes *writes)
{
    for (size_t i = 0; writes && i < writes->count; i++)
        free(writes->rows[i].writers);
    if (writes)
        free(writes->rows);
    free(writes);
}
