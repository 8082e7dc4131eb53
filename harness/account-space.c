/* account-space.c: asks the kernel while the child is there, and its faults
 * when it was too quick.
 *
 * A child with a copy has to fault on pages that are its parent's alone before
 * it can do anything, on its stack first; in its parent's memory there is no
 * reason to. */
#include "harness/account-space.h"

#include <errno.h>

#include "smaps/kin.h"
#include "smaps/pagemap.h"

enum finding { OPEN, LENT, COPIED };

/* Until when the child can have been in its parent's program, as far as is
 * recorded. */
static uint64_t left_at(const struct account *account,
                        const struct account_event *fork)
{
    uint64_t left_ns = UINT64_MAX;
    for (size_t i = 0; i < account->event_count; i++) {
        const struct account_event *event = &account->events[i];
        bool leaves = event->kind == FAULT_EXEC || event->kind == FAULT_EXIT;
        if (leaves && event->pid == fork->pid &&
            event->time_ns > fork->time_ns && event->time_ns < left_ns)
            left_ns = event->time_ns;
    }
    return left_ns;
}

/* What the records say that have come by now. */
static enum finding look_ahead(const struct account *account,
                               const struct account_process *owner,
                               const struct account_event *fork)
{
    uint64_t left_ns = left_at(account, fork);
    for (size_t i = 0; i < account->event_count; i++) {
        const struct account_event *event = &account->events[i];
        if (event->kind == FAULT_PAGE && event->pid == fork->pid &&
            event->time_ns > fork->time_ns && event->time_ns < left_ns &&
            sharing_state(owner->sharing, event->address) == PAGE_OWN)
            return COPIED;
    }
    return left_ns < UINT64_MAX ? LENT : OPEN;
}

/* What the kernel says.  A child that runs another program by now says nothing
 * any more. */
static enum finding ask(const struct account_process *owner, pid_t child)
{
    struct kin parent, kin;
    int same = kin_same_memory(owner->pid, child);
    if (same == 1)
        return LENT;
    /* No one leaves while a child is in their memory. */
    if (kin_read(owner->pid, &parent) || parent.state == 'Z')
        return COPIED;
    if (same == -ESRCH || kin_read(child, &kin) || kin.state == 'Z' ||
        !kin_same_program(&parent, &kin))
        return OPEN;
    if (same < 0) /* it compares nothing for us: so do we */
        return sharing_is_behind(owner->sharing, owner->pid, owner->pagemap) > 0
                   ? COPIED
                   : OPEN;
    return COPIED;
}

bool account_copied(struct account *account,
                    const struct account_process *owner,
                    const struct account_event *fork)
{
    enum finding finding = look_ahead(account, owner, fork);
    if (finding == OPEN)
        finding = ask(owner, fork->pid);
    if (finding == OPEN) { /* it went just now: its records come */
        account_wait(account);
        finding = look_ahead(account, owner, fork);
    }
    return finding == COPIED;
}

/* Notes what the process faulted on after the fork. */
static int note_later(const struct account *account, pid_t pid,
                      uint64_t fork_ns, struct sharing *later)
{
    int result = 0;
    for (size_t i = 0; result == 0 && i < account->event_count; i++) {
        const struct account_event *event = &account->events[i];
        if (event->kind == FAULT_PAGE && event->pid == pid &&
            event->time_ns > fork_ns)
            result = sharing_own(later, event->address, 0);
    }
    return result;
}

static int look_and_add(struct account *account, struct sharing *sharing,
                        const struct account_process *process, uint64_t fork_ns,
                        struct sharing *found, struct sharing *later)
{
    int result = sharing_find(sharing, process->pid, process->pagemap, found);
    if (result)
        return result;
    account_wait(account); /* for what it did until it was looked at */
    result = note_later(account, process->pid, fork_ns, later);
    return result ? result : sharing_add(sharing, found, later);
}

/* Looks at the process, leaving out what it faulted on after the fork. */
static int search(struct account *account, struct sharing *sharing,
                  const struct account_process *process, uint64_t fork_ns)
{
    if (process->pagemap < 0)
        return -ESRCH;
    struct sharing *found = sharing_new(), *later = sharing_new();
    int result = found && later ? look_and_add(account, sharing, process,
                                               fork_ns, found, later)
                                : -ENOMEM;
    sharing_free(found);
    sharing_free(later);
    return result;
}

/* The child of one that has gone has what that had. */
void account_complete(struct account *account, struct account_process *owner,
                      const struct account_process *child,
                      const struct account_event *fork)
{
    if (owner->completed_with == account->batch)
        return;
    owner->completed_with = account->batch;
    if (search(account, owner->sharing, owner, fork->time_ns) == -ESRCH &&
        left_at(account, fork) == UINT64_MAX)
        search(account, owner->sharing, child, fork->time_ns);
}
