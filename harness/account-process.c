/* account-process.c: the processes of an account. */
#include "harness/account-process.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/account-fault.h"
#include "harness/account-space.h"
#include "harness/account-table.h"
#include "harness/clock.h"
#include "harness/memory.h"
#include "smaps/kin.h"
#include "smaps/pagemap.h"
#include "smaps/text.h"

struct account_process *account_find(const struct account *account, pid_t pid)
{
    for (size_t i = account->process_count; i > 0; i--)
        if (account->processes[i - 1]->pid == pid)
            return account->processes[i - 1];
    return NULL;
}

static void read_command(struct account_process *process)
{
    char *text;
    if (text_read_process(process->pid, "comm", &text, NULL))
        return;
    size_t length = strcspn(text, "\n");
    if (length >= sizeof process->command)
        length = sizeof process->command - 1;
    memcpy(process->command, text, length);
    process->command[length] = '\0';
    free(text);
}

static struct account_process *add(struct account *account, pid_t pid,
                                   pid_t parent)
{
    struct account_process *process = xcalloc(1, sizeof *process);
    *process = (struct account_process){
        .pid = pid, .parent = parent, .alive = true, .pagemap = -ESRCH};
    account->processes =
        xreallocarray(account->processes, account->process_count + 1,
                      sizeof *account->processes);
    account->processes[account->process_count++] = process;
    return process;
}

void account_drop(struct account_process *process)
{
    process->alive = false;
    process->lender = NULL;
    sharing_free(process->sharing);
    process->sharing = NULL;
    mappings_free(&process->mappings);
    if (process->pagemap < 0)
        return;
    close(process->pagemap);
    process->pagemap = -ESRCH;
}

/* A process whose leader has ended may go on in other threads. */
void account_end(struct account_process *process)
{
    uint64_t entry;
    int result = process->pagemap < 0
                     ? process->pagemap
                     : pagemap_read(process->pagemap, 0, &entry, 1);
    if (result == -ESRCH)
        account_drop(process);
}

/* ---- Looking ------------------------------------------------------------- */

static void refresh(struct account *account, struct account_process *process)
{
    struct mappings mappings;
    if (process->refreshed_with == account->batch)
        return;
    process->refreshed_with = account->batch;
    int result = mappings_read(process->pid, &mappings);
    if (!result) {
        mappings_free(&process->mappings);
        process->mappings = mappings;
    }
    if (!result && (process->stale || !process->symbols))
        result = account_table(account, process);
    if (result && result != -ESRCH) {
        account->unread.count++;
        account->unread.why = -result;
    }
}

static uint64_t count_shared(const struct sharing *sharing)
{
    uint64_t counts[PAGE_STATES], sum = 0;
    sharing_count(sharing, counts);
    for (size_t i = PAGE_SHARED; i < PAGE_STATES; i++)
        sum += counts[i];
    return sum;
}

static int look(struct account *account, struct account_process *process)
{
    int result = sharing_look(process->sharing, process->pid);
    process->shared = count_shared(process->sharing);
    process->stale = true;
    process->refreshed_with = 0;
    if (!result)
        refresh(account, process);
    read_command(process);
    process->since_ns = clock_now();
    return result;
}

struct account_process *account_adopt(struct account *account, pid_t pid,
                                      int *result)
{
    int pagemap = pagemap_open(pid);
    struct kin kin;
    *result = kin_read(pid, &kin);
    if (pagemap < 0 || *result) {
        *result = pagemap < 0 ? pagemap : *result;
        if (pagemap >= 0)
            close(pagemap);
        return NULL;
    }
    struct account_process *process = add(account, pid, kin.parent);
    process->pagemap = pagemap;
    process->sharing = sharing_new();
    *result = process->sharing ? look(account, process) : -ENOMEM;
    if (*result == 0)
        return process;
    account_drop(process);
    free(process);
    account->process_count--;
    return NULL;
}

/* ---- Changes ------------------------------------------------------------- */

static struct mappings copy_mappings(const struct mappings *mappings)
{
    struct mappings copy = {.count = mappings->count};
    size_t bytes = mappings->count * sizeof *copy.items;
    copy.items = xmalloc(bytes + 1);
    if (bytes > 0)
        memcpy(copy.items, mappings->items, bytes);
    return copy;
}

/* The child has what its parent had.  One that has ended by now only lacks the
 * pagemap. */
static bool copy_memory(struct account_process *parent,
                        struct account_process *child)
{
    uint64_t shared = count_shared(parent->sharing);
    child->sharing = sharing_fork(parent->sharing);
    if (!child->sharing)
        return false;
    if (parent->latest_fork_ns < child->since_ns)
        parent->latest_fork_ns = child->since_ns;
    child->shared = count_shared(child->sharing);
    parent->shared += count_shared(parent->sharing) - shared;
    child->mappings = copy_mappings(&parent->mappings);
    child->symbols = parent->symbols;
    child->stale = parent->stale;
    return true;
}

void account_fork(struct account *account, struct account_process *parent,
                  const struct account_event *fork)
{
    struct account_process *owner = parent->lender ? parent->lender : parent;
    if (!owner->sharing)
        return;
    struct account_process *child = add(account, fork->pid, parent->pid);
    child->forked = true;
    child->since_ns = fork->time_ns;
    memcpy(child->command, parent->command, sizeof child->command);
    read_command(child);
    if (!account_copied(account, owner, fork)) {
        child->lender = owner;
        return;
    }
    child->pagemap = pagemap_open(child->pid);
    account_complete(account, owner, child, fork);
    if (!copy_memory(owner, child)) {
        account_drop(child);
        account->process_count--;
        free(child);
    }
}

void account_exec(struct account *account, struct account_process *process,
                  uint64_t time_ns)
{
    bool lost = !process->sharing && !process->lender;
    struct sharing *sharing = lost ? NULL : sharing_new();
    if (!sharing)
        return;
    sharing_free(process->sharing);
    process->sharing = sharing;
    process->lender = NULL;
    process->since_ns = time_ns;
    if (process->pagemap >= 0)
        close(process->pagemap);
    process->pagemap = pagemap_open(process->pid);
    process->symbols = NULL;
    process->refreshed_with = 0;
    refresh(account, process);
    read_command(process);
}

static const struct mapping *mapping_of(const struct account_process *process,
                                        uint64_t address)
{
    size_t low = 0, high = process->mappings.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (process->mappings.items[middle].end > address)
            high = middle;
        else
            low = middle + 1;
    }
    const struct mapping *mapping = process->mappings.items + low;
    return low < process->mappings.count && mapping->start <= address ? mapping
                                                                      : NULL;
}

struct tally_row *account_mapping_row(struct account *account,
                                      struct account_process *process,
                                      uint64_t address)
{
    struct account_mapping place;
    memset(&place, 0, sizeof place);
    const struct mapping *mapping = mapping_of(process, address);
    if (!mapping) {
        refresh(account, process);
        mapping = mapping_of(process, address);
    }
    if (mapping) {
        place.start = mapping->start;
        place.end = mapping->end;
        strcpy(place.name, mapping->name);
    }
    return tally_at(&account->mappings, &place);
}

struct symbols *account_symbols(struct account *account,
                                struct account_process *process)
{
    if (process->stale || !process->symbols)
        refresh(account, process);
    account_table_asked(account, process);
    return process->symbols;
}
