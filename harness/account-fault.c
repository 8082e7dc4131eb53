/* account-fault.c: judges one fault. */
#include "harness/account-fault.h"

#include <errno.h>
#include <string.h>

#include "harness/account-process.h"
#include "harness/memory.h"
#include "smaps/pagemap.h"

enum { WINDOW_PAGES = 512 };

/* Pagemap entries of neighbours, read in one go: they hold for the batch whose
 * records were all written before the reading. */
struct account_window {
    const struct account_process *process;
    uint64_t batch, start;
    int result;
    uint64_t entries[WINDOW_PAGES];
};

struct account_window *account_window_new(void)
{
    return xcalloc(1, sizeof(struct account_window));
}

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
    if (exclusive || account->awaited == account->batch)
        return knows_fork(account, process, time_ns);
    if (knows_fork(account, process, time_ns))
        return true;
    account->awaited = account->batch;
    account_wait(account);
    return knows_fork(account, process, time_ns);
}

enum verdict {
    BROKEN,
    UNVERIFIED,
    UNFRAMED, /* the last that counts as broken */
    KEPT,
    UNBROKEN,
    FRESH,
    OTHER,
};

/* How a page that was shared became the process's own.  Frames are 0 where they
 * are not known. */
static enum verdict judge_frames(uint64_t before, uint64_t now)
{
    if (before == 0 || now == 0)
        return UNFRAMED;
    return before == now ? KEPT : BROKEN;
}

/* Judges a fault by what the page was before it and what it is now.  A page
 * that is not there any more, or that the process shared anew by forking, was
 * private in between.  One that was the process's own is not counted again: it
 * was read first and written then, or discarded. */
static enum verdict judge(enum page_state before, bool anonymous,
                          bool exclusive, bool forked)
{
    if (page_is_unknown(before))
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
    if (site.symbols)
        site.caller =
            symbols_caller(site.symbols, event->instruction, event->stack_top);
    site.in_kernel = event->in_kernel;
    struct tally_row *by_site = tally_at(&account->sites, &site);
    struct tally_row *by_mapping =
        account_mapping_row(account, process, event->address);
    by_site->broken += !fresh;
    by_mapping->broken += !fresh;
    by_site->fresh += fresh;
    by_mapping->fresh += fresh;
}

void account_fault(struct account *account, struct account_process *process,
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
    /* After a fork the frame may be that of another copy. */
    uint64_t own = forked ? 0 : entry;
    if (verdict == BROKEN)
        verdict = judge_frames(sharing_frame(process->sharing, page),
                               pagemap_frame(own));
    process->broken += verdict <= UNFRAMED;
    process->unverified += verdict == UNVERIFIED;
    process->unframed += verdict == UNFRAMED;
    process->kept += verdict == KEPT;
    process->unbroken += verdict == UNBROKEN;
    process->fresh += verdict == FRESH;
    process->other += verdict == OTHER;
    if (verdict == UNBROKEN || verdict == OTHER)
        return;
    sharing_own(process->sharing, page, own);
    if (verdict != KEPT)
        blame(account, process, event, verdict == FRESH);
}
