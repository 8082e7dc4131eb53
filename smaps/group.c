/* group.c: keeps the members of a server from look to look; see group.h. */
#include "smaps/group.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* In the time of one look by one process; more is no server. */
#define PROGRAMS_BEGUN 100

/* A ledger that members first seen together have in common. */
struct basis {
    struct ledger *ledger;
    pid_t parent; /* whose pages these are; 0: nobody's */
    uint64_t look;
    unsigned users;
};

static uint64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

void group_open(struct group *group, pid_t server)
{
    *group = (struct group){.server = server};
}

static void leave_basis(struct member *member)
{
    struct basis *basis = member->basis;

    member->basis = NULL;
    if (!basis || --basis->users > 0)
        return;
    ledger_free(basis->ledger);
    free(basis);
}

static void clear_member(struct member *member)
{
    leave_basis(member);
    sample_clear(&member->sample);
}

void group_close(struct group *group)
{
    for (size_t i = 0; i < group->count; i++)
        clear_member(&group->members[i]);
    free(group->members);
    free(group->ended);
    *group = (struct group){0};
}

static struct member *find(struct member *members, size_t count, pid_t pid)
{
    for (size_t i = 0; i < count; i++) {
        if (members[i].kin.pid == pid)
            return &members[i];
    }
    return NULL;
}

/* Takes a member over from the look before, or makes a new one. */
static void enter(struct group *group, struct member *member,
                  const struct kin *kin)
{
    struct member *known = find(group->members, group->count, kin->pid);

    if (known && known->kin.start_time == kin->start_time &&
        kin_same_program(&known->kin, kin)) {
        *member = *known;
        member->fresh = false;
        member->kin = *kin;
        known->kin.pid = 0;
        known->basis = NULL;
        known->sample.pages = NULL;
        return;
    }
    *member =
        (struct member){.kin = *kin, .fresh = true, .older = group->looks == 0};
    if (known)
        known->kin.pid = 0; /* not ended: it has begun another program */
}

/* Lists who is there now: all below the server, and members that were below it
 * before their parent left. */
static int list_now(const struct group *group, struct kin **list, size_t *count)
{
    struct kin *known = calloc(group->count + 1, sizeof *known);

    if (!known)
        return -ENOMEM;
    for (size_t i = 0; i < group->count; i++)
        known[i] = group->members[i].kin;
    int result =
        kin_list_again(group->server, known, group->count, list, count);
    free(known);
    return result;
}

/* Replaces the members by those that are there now. */
static int renew(struct group *group)
{
    struct kin *list = NULL;
    size_t count = 0;
    int result = list_now(group, &list, &count);

    if (result)
        return result;
    struct member *members = calloc(count, sizeof *members);
    pid_t *ended = calloc(group->count + count, sizeof *ended);
    if (!members || !ended) {
        free(members);
        free(ended);
        free(list);
        return -ENOMEM;
    }
    for (size_t i = 0; i < count; i++)
        enter(group, &members[i], &list[i]);
    free(list);
    free(group->ended);
    group->ended = ended;
    group->ended_count = 0;
    for (size_t i = 0; i < group->count; i++) {
        if (group->members[i].kin.pid)
            ended[group->ended_count++] = group->members[i].kin.pid;
        clear_member(&group->members[i]);
    }
    free(group->members);
    group->members = members;
    group->count = count;
    return 0;
}

/* The process whose pages a member began with; NULL: none. */
static const struct kin *forked_from(const struct group *group,
                                     struct member *member)
{
    if (member == group->members)
        return &member->kin;
    const struct member *parent =
        find(group->members, group->count, member->kin.parent);
    member->forked = parent && kin_same_program(&parent->kin, &member->kin);
    return member->forked ? &parent->kin : NULL;
}

/* Finds the basis that another member of this look has, or opens one. */
static int take_basis(const struct group *group, struct member *member)
{
    const struct kin *parent = forked_from(group, member);
    pid_t pid = parent ? parent->pid : 0;

    for (size_t i = 0; i < group->count; i++) {
        struct basis *basis = group->members[i].basis;
        if (!basis || basis->parent != pid || basis->look != group->looks)
            continue;
        basis->users++;
        member->basis = basis;
        return 0;
    }
    struct basis *basis = calloc(1, sizeof *basis);
    if (!basis)
        return -ENOMEM;
    int result = pid ? ledger_open(pid, NULL, 0, &basis->ledger)
                     : ledger_open_empty(&basis->ledger);
    if (result) {
        free(basis);
        return result;
    }
    basis->parent = pid;
    basis->look = group->looks;
    basis->users = 1;
    member->basis = basis;
    return 0;
}

static uint64_t all_faults(const struct sample *sample)
{
    return sample->faults.minor + sample->faults.major;
}

/* Sets the rates from this sample and the one before. */
static void compare(struct member *member, const struct sample *sample)
{
    struct page_counts pages = sample->pages[0];
    double seconds = (double)(sample->time_ns - member->sample.time_ns) / 1e9;

    if (member->looks > 0 && seconds > 0) {
        member->faults_per_second =
            (double)(all_faults(sample) - all_faults(&member->sample)) /
            seconds;
        member->broken_per_second =
            ((double)pages.broken - (double)member->pages.broken) / seconds;
        memmove(member->trend, member->trend + 1,
                sizeof member->trend - sizeof *member->trend);
        member->trend[GROUP_TREND - 1] = member->broken_per_second;
    }
    sample_clear(&member->sample);
    member->sample = *sample;
    member->pages = pages;
    member->looks++;
}

static int look_at(const struct group *group, struct member *member)
{
    struct sample sample;
    int result = member->basis ? 0 : take_basis(group, member);

    if (!result)
        result = sample_take(member->basis->ledger, member->kin.pid, &sample);
    if (result)
        return result;
    compare(member, &sample);
    member->inherited = ledger_inherited(member->basis->ledger)[0] -
                        (member->older ? member->pages.gone : 0);
    return 0;
}

/* Looks at a member again that could not be read because it was just beginning
 * another program: its memory was another one's halfway.  Returns -ESRCH when
 * it has ended, or begins one program after the other. */
static int look_again(const struct group *group, struct member *member)
{
    struct kin kin;
    int result = -ESRCH;

    for (int i = 0; i < PROGRAMS_BEGUN && result == -ESRCH; i++) {
        if (kin_read(member->kin.pid, &kin) || kin.state == 'Z' ||
            kin.start_time != member->kin.start_time)
            return -ESRCH;
        clear_member(member);
        *member = (struct member){
            .kin = kin, .fresh = true, .older = group->looks == 0};
        result = look_at(group, member);
    }
    return result;
}

/* Takes a member that has ended meanwhile out. */
static void drop(struct group *group, size_t index)
{
    group->ended[group->ended_count++] = group->members[index].kin.pid;
    clear_member(&group->members[index]);
    group->count--;
    memmove(&group->members[index], &group->members[index + 1],
            (group->count - index) * sizeof *group->members);
}

static int look_at_all(struct group *group)
{
    size_t at = 0;

    while (at < group->count) {
        struct member *member = &group->members[at];
        member->failure = look_at(group, member);
        if (member->failure == -ESRCH)
            member->failure = look_again(group, member);
        if (at == 0 && member->failure)
            return member->failure;
        if (member->failure == -ENOMEM)
            return -ENOMEM;
        if (member->failure == -ESRCH)
            drop(group, at);
        else
            at++;
    }
    return 0;
}

int group_look(struct group *group)
{
    uint64_t begun = now_ns();
    int result = renew(group);

    if (!result)
        result = look_at_all(group);
    if (group->looks++ == 0)
        group->begun_ns = begun;
    group->time_ns = begun;
    group->cost_ns = now_ns() - begun;
    group->total_cost_ns += group->cost_ns;
    return result;
}

struct group_totals group_totals(const struct group *group)
{
    struct group_totals totals = {.workers = group->count - 1};

    for (size_t i = 0; i < group->count; i++) {
        const struct member *member = &group->members[i];
        if (member->failure) {
            totals.unreadable++;
            continue;
        }
        totals.pss += member->sample.totals.pss;
        totals.uss += smaps_uss(&member->sample.totals);
        totals.faults_per_second += member->faults_per_second;
        if (i == 0)
            continue;
        totals.inherited += member->inherited;
        totals.broken += member->pages.broken;
        totals.new_pages += member->pages.new_pages;
        totals.broken_per_second += member->broken_per_second;
        for (size_t k = 0; k < GROUP_TREND; k++)
            totals.trend[k] += member->trend[k];
    }
    return totals;
}

int64_t group_server_wrote(const struct group *group)
{
    const struct member *server = group->members;

    return ledger_frames_known(server->basis->ledger)
               ? (int64_t)server->pages.moved
               : -1;
}
