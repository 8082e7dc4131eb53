/* account.c: puts the records of all rings in order of time and judges each
 * fault. */
#include "harness/account.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "harness/account-process.h"
#include "harness/clock.h"
#include "harness/memory.h"
#include "smaps/kin.h"
#include "smaps/pagemap.h"

enum {
    WINDOW_PAGES = 512,
    RING_BYTES_MOST = 16 << 20, /* of each processor ... */
    RINGS_BYTES = 256 << 20,    /* ... and of all together */
    RING_BYTES_LEAST = 1 << 20,
    /* A record may come into its ring a little after its time. */
    SETTLE_NS = 1000000,
};

struct account_event {
    uint64_t time_ns, address, instruction;
    pid_t pid, parent;
    enum fault_record_kind kind;
    bool in_kernel;
};

struct account_fork {
    pid_t parent;
    uint64_t time_ns;
};

/* Pagemap entries of neighbours, read in one go: they hold for the batch whose
 * records were all written before the reading. */
struct account_window {
    const struct account_process *process;
    uint64_t batch, start;
    int result;
    uint64_t entries[WINDOW_PAGES];
};

/* ---- Records ------------------------------------------------------------- */

static void keep_fork(struct account *account,
                      const struct fault_record *record)
{
    account->forks = xreallocarray(account->forks, account->fork_count + 1,
                                   sizeof *account->forks);
    account->forks[account->fork_count++] =
        (struct account_fork){record->parent, record->time_ns};
}

static void drop_forks(struct account *account, uint64_t until_ns)
{
    size_t kept = 0;
    for (size_t i = 0; i < account->fork_count; i++)
        if (account->forks[i].time_ns >= until_ns)
            account->forks[kept++] = account->forks[i];
    account->fork_count = kept;
}

/* A fault_visitor: keeps what matters until its turn comes. */
static void keep(const struct fault_record *record, void *context)
{
    struct account *account = context;
    bool thread = record->kind == FAULT_FORK && record->pid == record->parent;
    if (record->kind == FAULT_LOST || record->kind == FAULT_OTHER || thread)
        return;
    if (record->kind == FAULT_FORK)
        keep_fork(account, record);
    if (account->event_count == account->event_capacity) {
        account->event_capacity = 2 * account->event_capacity + 1024;
        account->events = xreallocarray(
            account->events, account->event_capacity, sizeof *account->events);
    }
    uint64_t instruction = record->instruction;
    if (record->in_kernel)
        instruction = record->frame_count > 0 ? record->frames[0] - 1 : 0;
    account->events[account->event_count++] = (struct account_event){
        .time_ns = record->time_ns,
        .address = record->address,
        .instruction = instruction,
        .pid = record->pid,
        .parent = record->parent,
        .kind = record->kind,
        .in_kernel = record->in_kernel,
    };
}

static int compare_times(const void *left, const void *right)
{
    const struct account_event *a = left, *b = right;
    return (a->time_ns > b->time_ns) - (a->time_ns < b->time_ns);
}

/* ---- Faults -------------------------------------------------------------- */

/* What the pagemap says of the page by now. */
static int read_entry(struct account *account,
                      const struct account_process *process, uint64_t page,
                      uint64_t *entry)
{
    struct account_window *window = account->window;
    uint64_t start = page - page % (WINDOW_PAGES * PAGEMAP_PAGE_SIZE);
    if (process->pagemap < 0)
        return -ESRCH;
    if (window->process != process || window->start != start ||
        window->batch != account->batch) {
        window->process = process;
        window->start = start;
        window->batch = account->batch;
        window->result = pagemap_read(process->pagemap, start, window->entries,
                                      WINDOW_PAGES);
    }
    *entry = window->entries[(page - start) / PAGEMAP_PAGE_SIZE];
    return window->result;
}

/* Whether the process is known to have forked later than at that time. */
static bool knows_fork(const struct account *account,
                       const struct account_process *process, uint64_t time_ns)
{
    if (process->latest_fork_ns > time_ns)
        return true;
    for (size_t i = 0; i < account->fork_count; i++)
        if (account->forks[i].parent == process->pid &&
            account->forks[i].time_ns > time_ns)
            return true;
    return false;
}

/* A page that is not exclusive may have been shared anew by a fork so late that
 * its record is not here yet: waits for it, once in a batch. */
static bool forked_since(struct account *account,
                         const struct account_process *process,
                         uint64_t time_ns, bool exclusive)
{
    struct timespec settle = {.tv_nsec = SETTLE_NS};
    if (exclusive || account->awaited == account->batch)
        return knows_fork(account, process, time_ns);
    if (knows_fork(account, process, time_ns))
        return true;
    account->awaited = account->batch;
    nanosleep(&settle, NULL);
    fault_trace_drain(account->trace, keep, account);
    return knows_fork(account, process, time_ns);
}

enum verdict { BROKEN, UNVERIFIED, UNBROKEN, FRESH, OTHER };

/* Judges a fault by what the page was before it and what it is now.  A page
 * that is not there any more, or that the process shared anew by forking, was
 * private in between.  One that was the process's own is not counted again: it
 * was read first and written then, or discarded. */
static enum verdict judge(enum page_state before, bool anonymous,
                          bool exclusive, bool forked)
{
    if (before == PAGE_UNKNOWN)
        return anonymous && (exclusive || forked) ? FRESH : OTHER;
    if (before == PAGE_OWN)
        return OTHER;
    if (!anonymous)
        return UNVERIFIED;
    if (exclusive)
        return BROKEN;
    return forked ? UNVERIFIED : UNBROKEN;
}

/* Holds the page against the instruction and the mapping. */
static void blame(struct account *account, struct account_process *process,
                  const struct account_event *event, bool fresh)
{
    struct account_site site;
    memset(&site, 0, sizeof site);
    site.symbols = account_symbols(account, process);
    site.instruction = event->instruction;
    site.in_kernel = event->in_kernel;
    struct tally_row *by_site = tally_at(&account->sites, &site);

    struct account_mapping place;
    memset(&place, 0, sizeof place);
    const struct mapping *mapping =
        account_mapping_at(account, process, event->address);
    if (mapping) {
        place.start = mapping->start;
        place.end = mapping->end;
        strcpy(place.name, mapping->name);
    }
    struct tally_row *by_mapping = tally_at(&account->mappings, &place);
    by_site->broken += !fresh;
    by_mapping->broken += !fresh;
    by_site->fresh += fresh;
    by_mapping->fresh += fresh;
}

static void take_fault(struct account *account, struct account_process *process,
                       const struct account_event *event)
{
    uint64_t page = event->address - event->address % PAGEMAP_PAGE_SIZE;
    uint64_t entry = 0;
    if (!process->sharing || event->time_ns < process->since_ns) {
        account->strays +=
            account->start_ns && event->time_ns > account->start_ns;
        return;
    }
    bool anonymous = read_entry(account, process, page, &entry) == 0 &&
                     pagemap_present(entry) && !pagemap_file(entry);
    bool exclusive = anonymous && pagemap_exclusive(entry);
    bool forked =
        anonymous && forked_since(account, process, event->time_ns, exclusive);
    enum verdict verdict = judge(sharing_state(process->sharing, page),
                                 anonymous, exclusive, forked);
    process->broken += verdict == BROKEN || verdict == UNVERIFIED;
    process->unverified += verdict == UNVERIFIED;
    process->unbroken += verdict == UNBROKEN;
    process->fresh += verdict == FRESH;
    process->other += verdict == OTHER;
    if (verdict == UNBROKEN || verdict == OTHER)
        return;
    /* After a fork the frame may be that of another copy. */
    sharing_own(process->sharing, page, forked ? 0 : entry);
    blame(account, process, event, verdict == FRESH);
}

static void take_event(struct account *account,
                       const struct account_event *event)
{
    int result;
    bool fork = event->kind == FAULT_FORK;
    struct account_process *process =
        account_find(account, fork ? event->parent : event->pid);
    if (!process || (!process->alive && event->kind == FAULT_PAGE)) {
        process = account_adopt(account, event->pid, &result);
        account->strays += !process && event->kind == FAULT_PAGE;
    }
    if (!process)
        return;
    switch (event->kind) {
    case FAULT_FORK:
        if (event->time_ns >= process->since_ns)
            account_fork(account, process, event->pid, event->time_ns);
        break;
    case FAULT_EXEC:
        if (event->time_ns >= process->since_ns)
            account_exec(account, process, event->time_ns);
        break;
    case FAULT_MAPPED:
        process->stale = true;
        break;
    case FAULT_EXIT:
        account_end(process);
        break;
    default:
        take_fault(account, process, event);
    }
}

static void take_until(struct account *account, uint64_t time_ns)
{
    size_t taken = 0;
    account->batch++;
    qsort(account->events, account->event_count, sizeof *account->events,
          compare_times);
    while (taken < account->event_count &&
           account->events[taken].time_ns < time_ns) {
        /* Others may come and move the array. */
        struct account_event event = account->events[taken++];
        take_event(account, &event);
    }
    drop_forks(account, time_ns);
    account->event_count -= taken;
    memmove(account->events, account->events + taken,
            account->event_count * sizeof *account->events);
}

void account_take(struct account *account)
{
    uint64_t now = clock_now();
    fault_trace_drain(account->trace, keep, account);
    take_until(account, now - SETTLE_NS);
}

/* ---- From beginning to end ----------------------------------------------- */

static int refuse(struct error *error, pid_t pid, const char *why)
{
    return error_set(error,
                     "process %d: %s; blame needs the rights of its user, or "
                     "root's",
                     (int)pid, why);
}

/* Who is followed: the root, then its descendants. */
struct followed {
    struct kin *list;
    size_t count;
};

/* Follows the processes that are not yet followed; their number, or -1. */
static long follow_new(struct account *account, struct followed *followed,
                       struct error *error)
{
    struct followed now;
    char why[FAULT_WHY_SIZE];
    long added = 0;
    int result = kin_list(account->root, &now.list, &now.count);
    if (result)
        return error_set(error, "process %d: %s", (int)account->root,
                         strerror(-result));
    for (size_t i = 0; i < now.count && added >= 0; i++) {
        bool known = false;
        for (size_t j = 0; j < followed->count; j++)
            known |= followed->list[j].pid == now.list[i].pid;
        if (known)
            continue;
        result = fault_trace_follow(account->trace, now.list[i].pid, why);
        if (result && now.list[i].pid == account->root)
            added = refuse(error, account->root, why);
        else if (result == -EMFILE)
            added = error_set(error, "%s", why);
        else
            added++;
        account->refused += result && result != -ESRCH;
    }
    free(followed->list);
    *followed = now;
    return added;
}

static int follow_all(struct account *account, struct followed *followed,
                      struct error *error)
{
    long added;
    do
        added = follow_new(account, followed, error);
    while (added > 0);
    return added < 0 ? -1 : 0;
}

/* A ring for each processor: large, but not much in all. */
static size_t ring_bytes(void)
{
    size_t bytes = RING_BYTES_MOST;
    long processors = sysconf(_SC_NPROCESSORS_CONF);
    while (bytes > RING_BYTES_LEAST && bytes * (size_t)processors > RINGS_BYTES)
        bytes /= 2;
    return bytes;
}

static int start(struct account *account, struct followed *followed,
                 struct error *error)
{
    struct fault_trace_options options = {ring_bytes(), 1};
    char why[FAULT_WHY_SIZE];
    int result;
    if (fault_trace_open(&options, &account->trace, why))
        return error_set(error, "page faults cannot be watched: %s", why);
    if (follow_all(account, followed, error))
        return -1;
    for (size_t i = 0; i < followed->count; i++)
        if (!account_adopt(account, followed->list[i].pid, &result) && i == 0)
            return refuse(error, account->root, strerror(-result));
    account->start_ns = clock_now();
    return 0;
}

int account_open(struct account *account, pid_t root, struct error *error)
{
    struct followed followed = {0};
    *account = (struct account){.root = root, .batch = 1};
    tally_open(&account->sites, sizeof(struct account_site));
    tally_open(&account->mappings, sizeof(struct account_mapping));
    account->window = xcalloc(1, sizeof *account->window);
    int result = start(account, &followed, error);
    free(followed.list);
    return result;
}

void account_close(struct account *account)
{
    if (account->trace)
        fault_trace_close(account->trace);
    for (size_t i = 0; i < account->process_count; i++) {
        account_drop(account->processes[i]);
        free(account->processes[i]);
    }
    for (size_t i = 0; i < account->table_count; i++)
        symbols_close(account->tables[i]);
    free(account->processes);
    free(account->tables);
    tally_clear(&account->sites);
    tally_clear(&account->mappings);
    free(account->events);
    free(account->forks);
    free(account->window);
}

static void count_untold(struct account_process *process)
{
    uint64_t counts[PAGE_STATES];
    if (!process->compared || !process->sharing)
        return;
    sharing_count(process->sharing, counts);
    process->left_alone = counts[PAGE_LEFT_ALONE];
    process->copied = counts[PAGE_COPIED];
    process->exclusive = counts[PAGE_EXCLUSIVE];
}

/* The pagemaps are read while faults are still recorded: what they show broken
 * was told, or is missing. */
int account_finish(struct account *account, struct error *error)
{
    account_take(account);
    account->end_ns = clock_now();
    for (size_t i = 0; i < account->process_count; i++) {
        struct account_process *process = account->processes[i];
        process->compared =
            process->sharing &&
            sharing_compare(process->sharing, process->pid) == 0;
    }
    int result = fault_trace_pause(account->trace);
    fault_trace_drain(account->trace, keep, account);
    take_until(account, UINT64_MAX);
    for (size_t i = 0; i < account->process_count; i++)
        count_untold(account->processes[i]);
    if (!result)
        result = fault_trace_read_counts(account->trace, &account->counts);
    return result ? error_set(error, "page faults: %s", strerror(-result)) : 0;
}
