/* fault-log.c: see fault-log.h.  Faults are sorted by process, page and time
 * when the first question comes. */
#include "harness/fault-log.h"

#include <stdlib.h>

#include "harness/memory.h"
#include "smaps/pagemap.h"

static uint64_t page_of(const struct logged_fault *fault)
{
    return fault->address / PAGEMAP_PAGE_SIZE;
}

/* In the order of the log: by process, page and time. */
static int order(pid_t pid, uint64_t page, uint64_t time_ns,
                 const struct logged_fault *fault)
{
    if (pid != fault->pid)
        return pid < fault->pid ? -1 : 1;
    if (page != page_of(fault))
        return page < page_of(fault) ? -1 : 1;
    return (time_ns > fault->time_ns) - (time_ns < fault->time_ns);
}

static int compare(const void *left, const void *right)
{
    const struct logged_fault *fault = left;
    return order(fault->pid, page_of(fault), fault->time_ns, right);
}

void fault_log_add(const struct fault_record *record, void *context)
{
    struct fault_log *log = context;
    if (record->kind != FAULT_PAGE)
        return;
    if (log->count == log->capacity) {
        log->capacity = 2 * log->capacity + 1024;
        log->items =
            xreallocarray(log->items, log->capacity, sizeof *log->items);
    }
    log->items[log->count++] = (struct logged_fault){
        .pid = record->pid,
        .time_ns = record->time_ns,
        .address = record->address,
        .instruction = record->instruction,
        .stack_top = record->stack_top,
        .in_kernel = record->in_kernel,
    };
    log->sorted = false;
}

/* The index of the first fault that is not before a time on a page, or of what
 * follows in the log. */
static size_t find(struct fault_log *log, pid_t pid, uint64_t page,
                   uint64_t time_ns)
{
    size_t low = 0, high = log->count;
    if (!log->sorted && log->count)
        qsort(log->items, log->count, sizeof *log->items, compare);
    log->sorted = true;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (order(pid, page, time_ns, &log->items[middle]) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const struct logged_fault *at(const struct fault_log *log, size_t index,
                                     pid_t pid, uint64_t page)
{
    const struct logged_fault *fault = &log->items[index];
    return index < log->count && fault->pid == pid && page_of(fault) == page
               ? fault
               : NULL;
}

const struct logged_fault *fault_log_first(struct fault_log *log, pid_t pid,
                                           uint64_t page, uint64_t since_ns)
{
    page /= PAGEMAP_PAGE_SIZE;
    return at(log, find(log, pid, page, since_ns), pid, page);
}

const struct logged_fault *fault_log_last(struct fault_log *log, pid_t pid,
                                          uint64_t page)
{
    page /= PAGEMAP_PAGE_SIZE;
    size_t behind = find(log, pid, page, UINT64_MAX);
    return behind ? at(log, behind - 1, pid, page) : NULL;
}

void fault_log_clear(struct fault_log *log)
{
    free(log->items);
    *log = (struct fault_log){0};
}
