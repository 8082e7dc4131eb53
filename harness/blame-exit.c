/* blame-exit.c: see blame-exit.h. */
#include "harness/blame-exit.h"

#include <stdlib.h>
#include <string.h>

#include "harness/blame-place.h"
#include "harness/blame-rows.h"
#include "harness/memory.h"
#include "smaps/ledger.h"

/* One worker's pages that are shared still. */
struct ending {
    uint64_t *pages; /* addresses, in order */
    size_t count, capacity;
    struct symbols *symbols; /* NULL: none */
};

struct blame_exit {
    uint64_t since_ns;
    struct ending *endings; /* of each worker */
    unsigned workers;
};

/* A ledger_visitor. */
static int add_page(uint64_t address, enum page_fate fate,
                    const struct page_entries *entries, void *context)
{
    struct ending *ending = context;
    if (fate != FATE_SHARED || pagemap_file(entries->inherited))
        return 0;
    if (ending->count == ending->capacity) {
        ending->capacity = 2 * ending->capacity + 1024;
        ending->pages = xreallocarray(ending->pages, ending->capacity,
                                      sizeof *ending->pages);
    }
    ending->pages[ending->count++] = address;
    return 0;
}

int blame_exit_begin(struct invocation *invocation, struct blame_exit **result)
{
    struct record *record = invocation->record;
    struct blame_exit *exit = *result = xcalloc(1, sizeof *exit);
    exit->workers = record->cell->workers;
    exit->endings = xcalloc(exit->workers, sizeof *exit->endings);
    for (unsigned i = 0; i < exit->workers; i++) {
        struct ending *ending = &exit->endings[i];
        pid_t pid = record->workers[i].pid;
        int status = ledger_visit(invocation->ledger, pid, add_page, ending);
        if (status < 0) {
            record_invalid(record, REASON_UNREADABLE,
                           "cannot read the pages of worker %u: %s", i,
                           strerror(-status));
            return -1;
        }
        if (symbols_open(pid, &ending->symbols) < 0)
            ending->symbols = NULL;
    }
    exit->since_ns = clock_now();
    return 0;
}

/* The first writes to pages of one worker; the caller frees the array. */
static const struct logged_fault **find_writes(const struct blame_exit *exit,
                                               const struct ending *ending,
                                               pid_t pid, struct fault_log *log,
                                               size_t *count)
{
    const struct logged_fault **writes =
        xcalloc(ending->count + 1, sizeof *writes);
    *count = 0;
    for (size_t i = 0; i < ending->count; i++) {
        const struct logged_fault *fault =
            fault_log_first(log, pid, ending->pages[i], exit->since_ns);
        if (fault)
            writes[(*count)++] = fault;
    }
    return writes;
}

static int settle_worker(struct invocation *invocation,
                         const struct blame_exit *exit, unsigned worker,
                         struct fault_log *log, struct blame_rows *rows,
                         uint64_t *broken)
{
    const struct ending *ending = &exit->endings[worker];
    struct blame_places places;
    size_t count;
    const struct logged_fault **writes = find_writes(
        exit, ending, invocation->record->workers[worker].pid, log, &count);
    uint64_t *addresses = xcalloc(count + 1, sizeof *addresses);
    for (size_t i = 0; i < count; i++)
        addresses[i] = writes[i]->address;
    int status =
        blame_places_ask_template(invocation, addresses, count, &places);
    for (size_t i = 0; status == 0 && i < count; i++) {
        struct blame_name name =
            blame_name(invocation->record->cell->subject, "exit",
                       places.then[i], places.then[i]);
        blame_rows_add_fault(rows, &name, writes[i], ending->symbols);
    }
    *broken += count;
    blame_places_clear(&places);
    free(addresses);
    free(writes);
    return status;
}

int blame_exit_settle(struct invocation *invocation,
                      const struct blame_exit *exit, struct fault_log *log,
                      json_t **result)
{
    struct blame_rows rows = {0};
    uint64_t shared = 0, broken = 0;
    int status = 0;
    for (unsigned i = 0; status == 0 && i < exit->workers; i++) {
        shared += exit->endings[i].count;
        status = settle_worker(invocation, exit, i, log, &rows, &broken);
    }
    if (status == 0) {
        free(blame_rows_sort(&rows));
        *result =
            json_pack("{s:I, s:I, s:o}", "shared_pages", (json_int_t)shared,
                      "broken_pages", (json_int_t)broken, "rows",
                      blame_rows_json(&rows, invocation->record->fork_at));
    }
    blame_rows_clear(&rows);
    return status;
}

void blame_exit_free(struct blame_exit *exit)
{
    for (unsigned i = 0; exit && i < exit->workers; i++) {
        free(exit->endings[i].pages);
        symbols_close(exit->endings[i].symbols);
    }
    if (exit)
        free(exit->endings);
    free(exit);
}
