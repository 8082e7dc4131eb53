/* strays.c: processes of a subject that are neither its template nor a worker;
 * see invocation.h. */
#include "harness/invocation.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/failure.h"
#include "smaps/kin.h"
#include "smaps/stat.h"
#include "smaps/text.h"

#define CHILDREN_FAULTS 11u /* minor ones, of children that were waited for */

#define ALONE "have the runtime start no process of its own"

static const struct kin *find(const struct kin *list, size_t count, pid_t pid)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].pid == pid)
            return &list[i];
    return NULL;
}

/* The worker's index, or -1. */
static int worker_of(const struct record *record, pid_t pid)
{
    for (unsigned i = 0; i < record->cell->workers; i++)
        if (record->workers[i].pid == pid)
            return (int)i;
    return -1;
}

/* Whether a program that speaks on behalf of a server has started it itself: a
 * proxy before the server. */
static bool is_front(const struct invocation *invocation,
                     const struct kin *list, size_t count,
                     const struct kin *stray)
{
    const struct kin *above = stray;
    if (!invocation->supervision.on_behalf)
        return false;
    while ((above = find(list, count, above->parent)) &&
           above->pid != invocation->record->template_pid)
        if (above->pid == invocation->supervision.template.pid)
            return true;
    return false;
}

/* Words for the nearest process above that is known. */
static void name_origin(const struct record *record, const struct kin *list,
                        size_t count, const struct kin *stray, char text[64])
{
    const struct kin *above = stray;
    while ((above = find(list, count, above->parent))) {
        int worker = worker_of(record, above->pid);
        if (worker >= 0)
            snprintf(text, 64, "worker %d", worker);
        else if (above->pid == record->template_pid)
            snprintf(text, 64, "the template");
        else
            continue;
        return;
    }
    snprintf(text, 64, "a process that has ended");
}

/* A copy of a worker shares with it what the worker writes, which then reads
 * unbroken.  One of the template shares what the workers leave alone, and
 * another program shares nothing: they only take time. */
static int judge(struct record *record, const struct kin *list, size_t count,
                 const struct kin *stray)
{
    char origin[64];
    const struct kin *template = find(list, count, record->template_pid);
    name_origin(record, list, count, stray, origin);
    if (template && kin_same_program(stray, template) &&
        strcmp(origin, "the template")) {
        record_invalid(record, REASON_STRAY_PROCESS,
                       "process %d (%s), forked by %s, is no worker: pages "
                       "that it shares with one are not told broken",
                       (int)stray->pid, stray->name, origin);
        return -1;
    }
    record_warn(record, "stray-process", ALONE ": it takes time from others",
                "process %d (%s), started by %s, runs beside the workers",
                (int)stray->pid, stray->name, origin);
    return 0;
}

/* Children that have come and gone. */
static void look_for_ended(struct record *record, unsigned worker)
{
    static const unsigned fields[] = {CHILDREN_FAULTS};
    uint64_t faults = 0;
    char *text;
    if (text_read_process(record->workers[worker].pid, "stat", &text, NULL))
        return;
    if (stat_numbers(text, fields, 1, &faults) == 0 && faults > 0)
        record_warn(record, "stray-process",
                    ALONE ": what they took is measured too",
                    "worker %u has started processes of its own, and waited "
                    "for them",
                    worker);
    free(text);
}

int invocation_find_strays(struct invocation *invocation)
{
    struct record *record = invocation->record;
    struct kin program, *list;
    size_t count;
    /* The guard is the parent of the program and of all that lose theirs. */
    int status = kin_read(invocation->supervision.template.pid, &program);
    if (status == 0)
        status = kin_list(program.parent, &list, &count);
    if (status == -ESRCH)
        return failure_of_any(invocation, "being counted");
    if (status) {
        record_warn(record, "stray-process",
                    "look with ps whether the subject starts processes",
                    "processes beside the workers cannot be looked for: %s",
                    strerror(-status));
        return 0;
    }
    for (size_t i = 0; i < count && status == 0; i++)
        if (list[i].pid != program.parent && list[i].pid != program.pid &&
            list[i].pid != record->template_pid &&
            worker_of(record, list[i].pid) < 0 &&
            !is_front(invocation, list, count, &list[i]))
            status = judge(record, list, count, &list[i]);
    free(list);
    for (unsigned i = 0; i < record->cell->workers && status == 0; i++)
        look_for_ended(record, i);
    return status;
}
