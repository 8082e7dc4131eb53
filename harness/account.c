/* account.c: an account from its opening to its end; records of all rings in
 * order of time. */
#include "harness/account.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "harness/account-fault.h"
#include "harness/account-process.h"
#include "harness/clock.h"
#include "harness/memory.h"
#include "smaps/kin.h"
#include "smaps/pagemap.h"

/* A record may come into its ring a little after its time. */
enum { SETTLE_NS = 1000000 };

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
    account->events[account->event_count++] = (struct account_event){
        .time_ns = record->time_ns,
        .address = record->address,
        .instruction = record->instruction,
        .stack_top = record->stack_top,
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

/* The process of a fault could not be looked at: it has ended, or worse. */
static void miss(struct account *account, int result)
{
    if (result == -ESRCH) {
        account->strays++;
        return;
    }
    account->shut.count++;
    account->shut.why = -result;
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
        if (!process && event->kind == FAULT_PAGE)
            miss(account, result);
    }
    if (!process)
        return;
    switch (event->kind) {
    case FAULT_FORK:
        if (event->time_ns >= process->since_ns)
            account_fork(account, process, event);
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
        account_fault(account, process->lender ? process->lender : process,
                      event);
    }
}

static void take_until(struct account *account, uint64_t time_ns)
{
    size_t taken = 0;
    account->batch++;
    if (account->event_count == 0)
        return;
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

void account_wait(struct account *account)
{
    struct timespec settle = {.tv_nsec = SETTLE_NS};
    nanosleep(&settle, NULL);
    fault_trace_drain(account->trace, keep, account);
}

void account_take(struct account *account)
{
    uint64_t now = clock_now();
    fault_trace_drain(account->trace, keep, account);
    take_until(account, now - SETTLE_NS);
}

/* ---- From beginning to end ----------------------------------------------- */

const char *account_remedy(int failure)
{
    switch (failure) {
    case EMFILE:
    case ENFILE:
        return "; raise `ulimit -n`";
    case EACCES:
    case EPERM:
        return "; blame needs the rights of its user, or root's";
    default:
        return "";
    }
}

static int refuse(struct error *error, pid_t pid, int result)
{
    return error_set(error, "process %d: %s%s", (int)pid, strerror(-result),
                     account_remedy(-result));
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
        return refuse(error, account->root, result);
    for (size_t i = 0; i < now.count && added >= 0; i++) {
        bool known = false;
        for (size_t j = 0; j < followed->count; j++)
            known |= followed->list[j].pid == now.list[i].pid;
        if (known)
            continue;
        result = fault_trace_follow(account->trace, now.list[i].pid, why);
        if (result == -EMFILE)
            added = error_set(error, "%s", why);
        else if (result && now.list[i].pid == account->root)
            added = error_set(error, "process %d: %s%s", (int)account->root,
                              why, account_remedy(-result));
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

/* Whether the kernel has no page faults for this user, whatever is done here.
 */
static bool is_refusal(int result)
{
    static const int refusals[] = {EACCES, EPERM,      ENOSYS,
                                   ENOENT, EOPNOTSUPP, ENODEV};
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        if (result == -refusals[i])
            return true;
    return false;
}

static int open_trace(struct account *account, struct error *error)
{
    char why[FAULT_WHY_SIZE];
    int result = fault_trace_open(0, &account->trace, why);
    if (result == 0)
        return 0;
    if (is_refusal(result) && fault_trace_open_none(&account->trace) == 0) {
        strcpy(account->untraced, why);
        return 0;
    }
    return error_set(error, "page faults cannot be watched: %s", why);
}

static int start(struct account *account, struct followed *followed,
                 struct error *error)
{
    int result;
    if (open_trace(account, error) < 0)
        return -1;
    if (follow_all(account, followed, error))
        return -1;
    for (size_t i = 0; i < followed->count; i++) {
        pid_t pid = followed->list[i].pid;
        if (account_adopt(account, pid, &result))
            continue;
        if (i == 0 || result == -EMFILE)
            return refuse(error, pid, result);
        /* A trace that follows has counted it already. */
        account->refused += account->untraced[0] && result != -ESRCH;
    }
    account->start_ns = clock_now();
    return 0;
}

int account_open(struct account *account, pid_t root, struct error *error)
{
    struct followed followed = {0};
    *account = (struct account){.root = root, .batch = 1};
    tally_open(&account->sites, sizeof(struct account_site));
    tally_open(&account->mappings, sizeof(struct account_mapping));
    account->window = account_window_new();
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

struct untold {
    struct account *account;
    struct account_process *process;
};

/* A sharing_visitor: where the pages lie whose writer was not seen. */
static void place_untold(uint64_t address, enum page_state state, void *context)
{
    const struct untold *untold = context;
    if (state == PAGE_COPIED || state == PAGE_EXCLUSIVE)
        account_mapping_row(untold->account, untold->process, address)
            ->unseen++;
}

static void count_untold(struct account *account,
                         struct account_process *process)
{
    struct untold untold = {account, process};
    uint64_t counts[PAGE_STATES];
    if (!process->compared || !process->sharing)
        return;
    sharing_count(process->sharing, counts);
    process->untold = counts[PAGE_UNTOLD];
    process->left_alone = counts[PAGE_LEFT_ALONE];
    process->copied = counts[PAGE_COPIED];
    process->exclusive = counts[PAGE_EXCLUSIVE];
    sharing_visit(process->sharing, place_untold, &untold);
}

/* The pagemap is that of the memory that was looked at, whatever runs under the
 * pid by now.  One that could not be opened is tried again. */
static int compare(struct account_process *process)
{
    int pagemap = process->pagemap;
    bool again = pagemap < 0 && pagemap != -ESRCH;
    if (!process->sharing)
        return -ESRCH;
    if (again)
        pagemap = pagemap_open(process->pid);
    if (pagemap < 0)
        return pagemap;
    int result = sharing_compare(process->sharing, process->pid, pagemap);
    if (again)
        close(pagemap);
    return result;
}

/* The pagemaps are read while faults are still recorded: what they show broken
 * was told, or is missing. */
int account_finish(struct account *account, struct error *error)
{
    account_take(account);
    account->end_ns = clock_now();
    for (size_t i = 0; i < account->process_count; i++) {
        struct account_process *process = account->processes[i];
        int failure = compare(process);
        process->compared = process->lender || failure == 0;
        process->uncompared = failure == -ESRCH ? 0 : -failure;
    }
    int result = fault_trace_pause(account->trace);
    fault_trace_drain(account->trace, keep, account);
    take_until(account, UINT64_MAX);
    for (size_t i = 0; i < account->process_count; i++)
        count_untold(account, account->processes[i]);
    if (!result)
        result = fault_trace_read_counts(account->trace, &account->counts);
    return result ? error_set(error, "page faults: %s", strerror(-result)) : 0;
}
