/* blame-account.c: see blame-account.h. */
#include "harness/blame-account.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/blame-place.h"
#include "harness/memory.h"
#include "harness/page-map.h"

/* A ledger_visitor. */
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

int blame_accounts_open(struct invocation *invocation, unsigned worker,
                        struct fault_log *log, struct blame_accounts *accounts)
{
    pid_t pid = invocation->record->workers[worker].pid;
    int status = ledger_visit(invocation->ledger, pid, add_account, accounts);
    if (status < 0) {
        record_invalid(invocation->record, REASON_UNREADABLE,
                       "cannot read the pages of worker %u: %s", worker,
                       strerror(-status));
        return -1;
    }
    for (size_t i = 0; i < accounts->count; i++)
        accounts->items[i].fault = find_write(log, pid, &accounts->items[i]);
    return 0;
}

static bool in_heap(const struct record *record, uint64_t address)
{
    for (size_t i = 0; i < record->region_count; i++)
        if (address >= record->regions[i].start &&
            address < record->regions[i].end)
            return true;
    return false;
}

/* Puts one page to the account of its first write. */
static void settle_page(const struct record *record,
                        const struct phases *phases,
                        struct blame_account *account, struct blame_place then,
                        struct blame_place now, struct symbols *symbols,
                        struct blame_totals *totals)
{
    const struct logged_fault *fault = account->fault;
    totals->broken++;
    if (!fault) {
        bool left = record->frames_known && !account->moved;
        *(left ? &totals->left : &totals->unseen) += 1;
        totals->unseen_in_heap += !left && in_heap(record, account->page);
        return;
    }
    const char *phase = phases ? phases_at(phases, fault->time_ns) : "unknown";
    struct blame_name name =
        blame_name(record->cell->subject, phase, then, now);
    account->phase = name.phase;
    account->letter = then.kind ? page_kind_of(then.kind, then.placement) : 'u';
    account->row = blame_rows_add_fault(&totals->rows, &name, fault, symbols);
}

int blame_accounts_settle(struct invocation *invocation, unsigned worker,
                          const struct phases *phases,
                          struct blame_accounts *accounts,
                          struct blame_totals *totals)
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
        settle_page(invocation->record, phases, &accounts->items[i],
                    places.then[i], places.now[i], symbols, totals);
    symbols_close(symbols);
    blame_places_clear(&places);
    return status;
}
